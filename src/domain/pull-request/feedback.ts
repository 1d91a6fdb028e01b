import { z } from 'zod';

/** As much of a comment as a session carries; the whole is behind its URL. In characters. */
export const MAX_FEEDBACK_TEXT = 8_000;

/**
 * Something said on a pull request or its issue. Its `id` names one act of speaking (`review:12`, `comment:34`,
 * `reply:56` for the latest comment of a review thread), the same before and after an edit.
 */
export const FeedbackItem = z.object({
  id: z.string().min(1).max(120),
  /** GitHub's node id of it. */
  node: z.string().max(200),
  /** `review`: changes requested. `thread`: the latest comment of an unresolved review thread. */
  kind: z.enum(['review', 'thread', 'comment']),
  /** Whether it stands on the issue, not on the pull request. */
  onIssue: z.boolean(),
  /** Login; `ghost` for a deleted account. */
  author: z.string().max(100),
  bot: z.boolean(),
  /** Whether the author may push to the repository. */
  mayWrite: z.boolean(),
  text: z.string().max(MAX_FEEDBACK_TEXT),
  url: z.string().max(500),
  /** ISO 8601. */
  at: z.string().max(40),
  /** The file and line a review thread is about. */
  path: z.string().max(4_096).nullable(),
  line: z.number().int().nullable(),
  /** GitHub's node id of the review thread. */
  thread: z.string().max(200).nullable(),
});
export type FeedbackItem = z.infer<typeof FeedbackItem>;

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

/** What is counted together when rounds are: a review thread; outside of threads all that one bot says, and what a person says alone. */
export const roundOf = ({ thread, author, bot, id }: FeedbackItem): string =>
  thread ?? (bot ? `@${author}` : id);

/** Whom an item is for: the agent, or only the person, who is shown it. On the issue people talk to each other. */
export function isForAgent(item: FeedbackItem, bots: readonly string[]): boolean {
  if (item.onIssue) return false;
  return item.bot ? isListed(item, bots) : item.mayWrite;
}

/** Two bots never answer each other more than once. */
export const BOT_ROUNDS = 1;
