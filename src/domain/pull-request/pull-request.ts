import { z } from 'zod';
import { Checks, NO_CHECKS } from './checks.ts';

/** What Coppice reads of a pull request at one moment. */
export const PullRequestSnapshot = z.object({
  number: z.number().int().positive(),
  url: z.string(),
  state: z.enum(['open', 'closed']),
  merged: z.boolean(),
  draft: z.boolean(),
  headSha: z.string(),
  /** Whether its branch is not on GitHub any more: somebody deleted or renamed it, and GitHub closed the pull request. */
  headGone: z.literal(true).optional(),
  base: z.string(),
  /** Commit the base branch is at. */
  baseSha: z.string().optional(),
  /** Whether reviewers who may write approve it, and none of them asks for changes. */
  approved: z.boolean().optional(),
  /** Whether GitHub can merge it as it is; `unknown` while GitHub finds out. */
  mergeable: z.enum(['yes', 'conflicting', 'unknown']).default('unknown'),
  /** Of its head commit. */
  checks: Checks.default(NO_CHECKS),
});
export type PullRequestSnapshot = z.infer<typeof PullRequestSnapshot>;

type PullRequestState = 'open' | 'merged' | 'closed';

export const pullRequestState = (snapshot: PullRequestSnapshot): PullRequestState =>
  snapshot.merged ? 'merged' : snapshot.state;

/**
 * What is known of a pull request once `news` of it has come. A merge is final. An answer to a write of ours (`own`) says
 * nothing about an end that was heard of meanwhile, since it may have been given before, nor about checks.
 */
export function latest(
  known: PullRequestSnapshot | null,
  news: PullRequestSnapshot,
  own = false,
): PullRequestSnapshot {
  if (known?.number !== news.number) return news;
  if (known.merged || (own && known.state === 'closed')) return known;
  if (!own || known.headSha !== news.headSha) return news;
  const { checks, mergeable, baseSha, approved } = known;
  return {
    ...{ ...news, checks },
    ...(approved !== undefined && { approved }),
    ...(known.base === news.base && { mergeable, ...(baseSha !== undefined && { baseSha }) }),
  };
}
