import { createHash } from 'node:crypto';
import type { Base, SessionLocation } from '../../domain/session/session.ts';
import { git } from '../command/client.ts';
import { branchRef } from '../refs/refs.ts';

/**
 * An id of the changes from a base to the branch's tip. It is the same for the same changed lines, whatever
 * the commits are.
 */
export async function patchId(location: SessionLocation, base: Base): Promise<string> {
  const range = `${base.tip}...${branchRef(location.branch)}`;
  const diff = await git(location.checkout, ['diff', '--no-ext-diff', '--no-textconv', range]);
  const [id = ''] = (await git(location.checkout, ['patch-id', '--stable'], { input: diff })).split(
    ' ',
  );
  // git gives no patch id when nothing changed.
  return id === '' ? createHash('sha256').update(diff).digest('hex') : id;
}
