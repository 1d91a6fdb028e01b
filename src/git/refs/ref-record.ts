import { z } from 'zod';
import { git } from '../command/client.ts';

/** The refs of a repository at one moment, and its stash, newest first. */
export const RefRecord = z.object({
  /** The moment, in milliseconds since 1970. */
  at: z.number().default(0),
  /** The object to which each ref points, by the ref's full name. */
  refs: z.record(z.string(), z.string()),
  stash: z.array(z.object({ id: z.string(), subject: z.string() })),
});
export type RefRecord = z.infer<typeof RefRecord>;

/**
 * Refs that are not recorded: those that Coppice and each fetch move, and those that each worktree has for
 * itself.
 */
const OTHERS = /^refs\/(coppice|remotes|prefetch|bisect|worktree|rewritten|stash)(\/|$)/;

/** Records branches, tags, other shared refs, and the stash. */
export async function readRefs(checkout: string): Promise<RefRecord> {
  const at = Date.now();
  const format = '--format=%(refname) %(objectname)';
  const lines = (await git(checkout, ['for-each-ref', format])).split('\n');
  const refs = lines.flatMap((line) => {
    const [name = '', id = ''] = line.split(' ');
    return name === '' || OTHERS.test(name) ? [] : [[name, id] as const];
  });
  const stash = (await git(checkout, ['stash', 'list', '--format=%H %gs'])).split('\n');
  return {
    at,
    refs: Object.fromEntries(refs),
    stash: stash
      .filter((line) => line !== '')
      .map((line) => ({
        id: line.slice(0, line.indexOf(' ')),
        subject: line.slice(line.indexOf(' ') + 1),
      })),
  };
}
