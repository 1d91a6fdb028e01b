import { z } from 'zod';

/** As much of a comment as a session carries; the whole is behind its URL. In characters. */
export const MAX_FEEDBACK_TEXT = 8_000;

/**
 * Something said on a pull request or its issue. Its `id` names one act of speaking (`review:12`, `comment:34`,
 * `reply:56` for the latest comment of a review thread), the same before and after an edit.
 */
export const FeedbackItem = z.object({
  id: z.string().min(1),
  /** GitHub's node id of it. */
  node: z.string(),
  /** `review`: changes requested. `thread`: the latest comment of an unresolved review thread. */
  kind: z.enum(['review', 'thread', 'comment']),
  /** Whether it stands on the issue, not on the pull request. */
  onIssue: z.boolean(),
  /** Login; `ghost` for a deleted account. */
  author: z.string(),
  bot: z.boolean(),
  /** Whether the author may push to the repository. */
  mayWrite: z.boolean(),
  text: z.string(),
  url: z.string(),
  /** ISO 8601. */
  at: z.string(),
  /** The file and line a review thread is about. */
  path: z.string().nullable(),
  line: z.number().int().nullable(),
  /** GitHub's node id of the review thread. */
  thread: z.string().nullable(),
});
export type FeedbackItem = z.infer<typeof FeedbackItem>;

/** The issue as it is now, for a session to see that it changed. */
export const IssueSnapshot = z.object({
  state: z.enum(['open', 'closed']),
  title: z.string(),
  /** A hash of title and body. */
  digest: z.string(),
});
export type IssueSnapshot = z.infer<typeof IssueSnapshot>;
