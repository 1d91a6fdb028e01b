import { createHash } from 'node:crypto';
import type { Base, SessionLocation } from '../../domain/session/session.ts';
import { git } from '../command/client.ts';
import { branchRef } from '../refs/refs.ts';

/** Names the change from a base to the branch's tip: the same for the same lines, whatever the commits. */
export async function changeId(location: SessionLocation, base: Base): Promise<string> {
  const range = `${base.tip}...${branchRef(location.branch)}`;
  const diff = await git(location.checkout, ['diff', '--no-ext-diff', '--no-textconv', range]);
  const [id = ''] = (await git(location.checkout, ['patch-id', '--stable'], { input: diff })).split(
    ' ',
  );
  // No change has no id.
  return id === '' ? createHash('sha256').update(diff).digest('hex') : id;
}
