import type { SessionLocation } from '../../domain/session/session.ts';
import { git } from '../command/client.ts';
import { branchTip, mergeBase } from '../refs/branch.ts';
import { isAncestor, preRebaseRef, pushedRef, tipOf } from '../refs/refs.ts';
import type { Rebase } from './step.ts';

/** How the remote branch differs from the session's branch. */
export type Divergence =
  /** The remote branch has no commits of others that the session lacks. */
  | { readonly kind: 'known' }
  /**
   * The session's branch was rewritten after it was pushed, and not by Coppice, so nobody can say which
   * commits are whose.
   */
  | { readonly kind: 'rewritten' }
  /**
   * Others changed the remote branch. `steps` are rebases to try in this order; the first one without a
   * conflict combines both sides. `commits` counts the commits of others.
   */
  | { readonly kind: 'diverged'; readonly steps: readonly Rebase[]; readonly commits: number };

/** How the three tips are related when they differ; see {@link RULES}. */
interface Facts {
  /** The remote branch still contains what Coppice pushed or saw last; otherwise somebody rewrote it. */
  readonly remoteGrew: boolean;
  /** The remote branch has nothing beyond what Coppice pushed or saw last. */
  readonly remoteIsOld: boolean;
  /** The session's branch contains the remote branch. */
  readonly oursHasTheirs: boolean;
  /** The session only added commits to what was pushed, or added none. */
  readonly oursFollows: boolean;
  /** Coppice rebased the session's branch and has not pushed the result yet. */
  readonly moved: boolean;
}

type Plan = 'nothing' | 'ours on theirs' | 'theirs on ours' | 'moved on theirs' | 'rewritten';

/** The first rule that applies decides. */
const RULES: readonly { readonly when: (facts: Facts) => boolean; readonly plan: Plan }[] = [
  { when: (is) => is.oursHasTheirs && (is.remoteGrew || !is.oursFollows), plan: 'nothing' },
  { when: (is) => is.oursFollows, plan: 'ours on theirs' },
  { when: (is) => !is.moved, plan: 'rewritten' },
  { when: (is) => is.remoteIsOld, plan: 'nothing' },
  // Their commits go on top of the rebased branch; if that conflicts, the rebase is undone.
  { when: (is) => is.remoteGrew, plan: 'theirs on ours' },
  { when: () => true, plan: 'moved on theirs' },
];

const planFor = (facts: Facts): Plan =>
  RULES.find(({ when }) => when(facts))?.plan ?? 'moved on theirs';

/**
 * Compares the session's branch with the remote branch. `refs/coppice/pushed/<branch>`, the remote tip that
 * Coppice pushed or saw last, shows what each side did since.
 * @param theirs the tip of the remote branch, whose commit must be in the repository
 */
export async function divergenceOf(location: SessionLocation, theirs: string): Promise<Divergence> {
  const { checkout, branch, remote } = location;
  const has = (descendant: string, ancestor: string) => isAncestor(checkout, ancestor, descendant);
  const ours = await branchTip(location);
  const before = await tipOf(checkout, preRebaseRef(branch));
  const pushed =
    (await tipOf(checkout, pushedRef(branch))) ?? (await mergeBase(checkout, ours, theirs));
  if (ours === theirs) return { kind: 'known' };
  if (pushed === undefined) return { kind: 'rewritten' };

  const moved = before !== undefined && (await has(before, pushed)) ? before : undefined;
  const remoteGrew = await has(theirs, pushed);
  const plan = planFor({
    remoteGrew,
    remoteIsOld: pushed === theirs,
    oursHasTheirs: await has(ours, theirs),
    oursFollows: (await has(ours, pushed)) || (await has(remoteGrew ? theirs : pushed, ours)),
    moved: moved !== undefined,
  });
  if (plan === 'nothing') return { kind: 'known' };
  if (plan === 'rewritten') return { kind: 'rewritten' };

  const onTheirs = async (own: string): Promise<Rebase> => {
    const common = (await mergeBase(checkout, own, theirs)) ?? pushed;
    // When others rewrote the branch, only commits that were not pushed belong to the session.
    const from = (await has(common, pushed)) ? common : pushed;
    const old = (await has(own, from)) ? own : from;
    return { old, from, tip: theirs, onto: `${branch} on ${remote}` };
  };
  const onOurs = { old: theirs, from: pushed, tip: ours, onto: `${branch} as it was moved` };
  const steps = {
    'ours on theirs': async () => [await onTheirs(ours)],
    'theirs on ours': async () => [onOurs, await onTheirs(moved ?? ours)],
    'moved on theirs': async () => [await onTheirs(moved ?? ours)],
  };
  const commits = Number(await git(checkout, ['rev-list', '--count', `${pushed}..${theirs}`]));
  return { kind: 'diverged', steps: await steps[plan](), commits };
}
