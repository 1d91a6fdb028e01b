import { z } from 'zod';
import type { SessionLocation } from '../../domain/session/session.ts';
import { git } from '../command/client.ts';
import { changeRefs, objectAt } from '../refs/refs.ts';

/**
 * The ref of a branch's baseline. The baseline lists uncommitted changes in a worktree that are not an
 * agent's work: files that the checkout itself left changed, for example by line ends of .gitattributes, and
 * files that the person's setup commands wrote. It is stored in the repository, under a ref that no agent in
 * a sandbox can write.
 */
export const baselineRef = (branch: string): string => `refs/coppice/baseline/${branch}`;

const Baseline = z.object({
  /**
   * Whether an agent may have worked in the worktree already. If so, changed files that setup commands find
   * are not theirs.
   */
  begun: z.boolean(),
  /** A description of each file's content, by its path from the top: see `contentOf`. */
  files: z.record(z.string(), z.string()),
});
export type Baseline = z.infer<typeof Baseline>;

/** The worktree to which a baseline belongs. */
export type BaselineOf = Pick<SessionLocation, 'checkout' | 'worktree' | 'branch'>;

/** Reads the baseline; undefined when there is none. */
export async function readBaseline({
  checkout,
  branch,
}: BaselineOf): Promise<Baseline | undefined> {
  const id = await objectAt(checkout, baselineRef(branch));
  if (id === undefined) return undefined;
  const text = await git(checkout, ['cat-file', 'blob', id]);
  // An agent without a sandbox can write objects of the checkout. An object that was replaced does not match
  // its id.
  const name = await git(checkout, ['hash-object', '--stdin'], { input: text });
  return name === id ? Baseline.parse(JSON.parse(text)) : undefined;
}

/** Stores the baseline in the checkout. */
export async function saveBaseline(
  { checkout, branch }: BaselineOf,
  baseline: Baseline,
): Promise<void> {
  const input = JSON.stringify(baseline);
  const to = await git(checkout, ['hash-object', '-w', '--stdin'], { input });
  const ref = baselineRef(branch);
  const from = await objectAt(checkout, ref);
  if (from !== to) await changeRefs(checkout, [{ ref, from, to }]);
}

/** Forgets the baseline of a branch that is gone. */
export async function removeBaseline({ checkout, branch }: BaselineOf): Promise<void> {
  const ref = baselineRef(branch);
  const from = await objectAt(checkout, ref);
  if (from !== undefined) await changeRefs(checkout, [{ ref, from, to: undefined }]);
}
