import { z } from 'zod';

/** What Coppice reads of a pull request at one moment. */
export const PullRequestSnapshot = z.object({
  number: z.number().int().positive(),
  url: z.string(),
  state: z.enum(['open', 'closed']),
  merged: z.boolean(),
  draft: z.boolean(),
  headSha: z.string(),
  base: z.string(),
});
export type PullRequestSnapshot = z.infer<typeof PullRequestSnapshot>;

export type PullRequestState = 'open' | 'merged' | 'closed';

export const pullRequestState = (snapshot: PullRequestSnapshot): PullRequestState =>
  snapshot.merged ? 'merged' : snapshot.state;
