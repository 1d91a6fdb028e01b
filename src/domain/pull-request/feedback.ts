import { z } from 'zod';
import { withoutTicks } from '../shared/task-list.ts';
import { digest } from './managed-section.ts';

/** As much of a comment as a session carries; the whole is behind its URL. In characters. */
export const MAX_FEEDBACK_TEXT = 8_000;

/** Of a diff hunk, in characters. */
export const MAX_HUNK = 2_000;

/**
 * Something said on a pull request or its issue. Its `id` names one act of speaking (`review:12`, `comment:34`,
 * `reply:56` for a comment of a review thread), the same before and after an edit.
 */
export const FeedbackItem = z.object({
  id: z.string().min(1).max(120),
  /** GitHub's node id of it. */
  node: z.string().max(200),
  /**
   * `review`: changes requested. `thread`: a comment of an unresolved review thread. Others are things that were done, by
   * the author: `dequeued`: taken out of the merge queue, with the reason as text. `assigned`, `unassigned`: the login as
   * text.
   */
  kind: z.enum(['review', 'thread', 'comment', 'dequeued', 'assigned', 'unassigned']),
  /** Whether it stands on the issue, not on the pull request. */
  onIssue: z.boolean(),
  /** Login; `ghost` for a deleted account. */
  author: z.string().max(100),
  bot: z.boolean(),
  /** Whether the author may push to the repository. */
  mayWrite: z.boolean(),
  /** As its readers on GitHub see it. */
  text: z.string().max(MAX_FEEDBACK_TEXT),
  /** What a person wrote that its readers do not see, and that is not in the text; in words. */
  hidden: z.array(z.string().max(60)).max(8).optional(),
  url: z.string().max(500),
  /** ISO 8601. */
  at: z.string().max(40),
  /** When it was last edited, ISO 8601; null when it never was. */
  edited: z.string().max(40).nullable().default(null),
  /** The file and line a review thread is about. */
  path: z.string().max(4_096).nullable(),
  line: z.number().int().nullable(),
  /** The first of several lines. */
  startLine: z.number().int().nullable().default(null),
  /** Whether these lines have changed since. */
  outdated: z.boolean().default(false),
  /** The part of the diff that the thread began at. */
  hunk: z.string().max(MAX_HUNK).default(''),
  /** GitHub's node id of the review thread. */
  thread: z.string().max(200).nullable(),
});
export type FeedbackItem = z.infer<typeof FeedbackItem>;

/** Names what was said as it is now: another one after an edit, unless only boxes were ticked. */
export const versionOf = ({ id, text }: FeedbackItem): string => `${id}@${digestOf(text)}`;

/** The same for texts that differ only in ticked boxes. */
export const digestOf = (text: string): string => digest(withoutTicks(text));

/** The issue as it is now, for a session to see that it changed. */
export const IssueSnapshot = z.object({
  /** `gone`: deleted, moved to another repository, or hidden from the token. */
  state: z.enum(['open', 'closed', 'gone']),
  title: z.string(),
  /** A hash of title and body. */
  digest: z.string(),
});
export type IssueSnapshot = z.infer<typeof IssueSnapshot>;

export const GONE: IssueSnapshot = { state: 'gone', title: '', digest: '' };

/** Bots that review code; their names as GitHub shows them, without `[bot]`. */
export const REVIEWING_BOTS = [
  'chatgpt-codex-connector',
  'claude',
  'coderabbitai',
  'copilot',
  'copilot-pull-request-reviewer',
  'cursor',
  'gemini-code-assist',
  'greptile-apps',
  'sourcery-ai',
];

const plainLogin = (login: string): string => login.toLowerCase().replace(/\[bot\]$/, '');

/** Whether a list names the author, with or without a bot's ending. */
export const isListed = ({ author }: Pick<FeedbackItem, 'author'>, logins: readonly string[]) =>
  logins.some((login) => plainLogin(login) === plainLogin(author));

/**
 * What is counted together when rounds are: a review thread; outside of threads the comments of one bot; each review, and
 * what a person says, alone.
 */
export const roundOf = ({ thread, author, bot, id }: FeedbackItem): string =>
  thread ?? (bot && id.startsWith('comment:') ? `@${author}` : id);

/** Whom an item is for: the agent, or only the person, who is shown it. On the issue people talk to each other. */
export function isForAgent(item: FeedbackItem, bots: readonly string[]): boolean {
  if (item.onIssue) return false;
  return item.bot ? isListed(item, bots) : item.mayWrite;
}

/** Two bots never answer each other more than once. */
export const BOT_ROUNDS = 1;
