import { createHash } from 'node:crypto';
import type { Base, Place } from '../../domain/session/session.ts';
import { git } from '../command/client.ts';
import { branchRef } from '../refs/refs.ts';

/** Names the change from a base to the branch's tip: the same for the same lines, whatever the commits. */
export async function changeId(place: Place, base: Base): Promise<string> {
  const range = `${base.tip}...${branchRef(place.branch)}`;
  const diff = await git(place.checkout, ['diff', '--no-ext-diff', '--no-textconv', range]);
  const [id = ''] = (await git(place.checkout, ['patch-id', '--stable'], { input: diff })).split(
    ' ',
  );
  // No change has no id.
  return id === '' ? createHash('sha256').update(diff).digest('hex') : id;
}
