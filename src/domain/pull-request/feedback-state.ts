import { z } from 'zod';
import { bytesOf, keepLatest, shorten } from '../session/bounds.ts';
import { CheckTiming, newCheckTiming } from './check-timing.ts';
import { FeedbackItem, IssueSnapshot, roundOf } from './feedback.ts';
import { OtherFixer } from './other-fixer.ts';
import { AskedChecks, Examined, Repair } from './repairs.ts';

/** A comment that only the person is shown. */
export const Remark = z.object({
  author: z.string(),
  text: z.string(),
  url: z.string(),
  at: z.string(),
});
export type Remark = z.infer<typeof Remark>;

/** A session's feedback from its pull request, as plain data. */
export const FeedbackState = z.object({
  /** The latest comment versions that the session has received. Each is used once. */
  seen: z.array(z.string()),
  /** Feedback for the agent's next turn, oldest first. */
  pending: z.array(FeedbackItem),
  /** Feedback that the agent got, and that needs a reply. */
  awaitingReply: z.array(FeedbackItem),
  /** The latest comments that only the person is shown. */
  remarks: z.array(Remark),
  /** How many turns were taken on each thread, bot or comment. */
  rounds: z.record(z.string(), z.number()),
  /** How many turns were taken on one author's comments since another person's comment, by author. */
  turnsBy: z.record(z.string(), z.number()).default({}),
  /** How often an author wrote comments of the same shape. */
  shapes: z.record(z.string(), z.number()).default({}),
  /** Somebody else who is repairing the pull request. */
  fixer: OtherFixer.nullable().default(null),
  repairs: z.array(Repair),
  examined: Examined.nullable(),
  /** Failed checks about which a person is asked. */
  askedChecks: AskedChecks.nullable().default(null),
  checkTiming: CheckTiming.prefault({}),
  /** Checks that were rerun, as `head id`. */
  rerun: z.array(z.string()),
  /** Whether the pull request was marked ready for review, and the person was notified. */
  ready: z.boolean(),
  /** The head of which the person was told that checks have no result although they were run again. */
  unfinishedTold: z.string().default(''),
  /** Since when the pull request is known to be closed without a merge, ISO 8601. */
  closedSince: z.string().nullable().default(null),
  issue: IssueSnapshot.nullable(),
  /** The issue's text is another one than the agent has, and no person has decided about that. */
  issueEdited: z.boolean(),
  /** Digests of the issue's text: the one that the agent has, and the one that a person did not want. */
  issueText: z
    .object({ agents: z.string(), refused: z.string().nullable() })
    .nullable()
    .default(null),
  /** Whether a person was already asked about the closed issue. */
  closedAsked: z.boolean(),
});
export type FeedbackState = z.infer<typeof FeedbackState>;

export const newFeedbackState = (): FeedbackState => ({
  seen: [],
  pending: [],
  awaitingReply: [],
  remarks: [],
  rounds: {},
  turnsBy: {},
  shapes: {},
  fixer: null,
  repairs: [],
  examined: null,
  askedChecks: null,
  checkTiming: newCheckTiming(),
  rerun: [],
  ready: false,
  unfinishedTold: '',
  closedSince: null,
  issue: null,
  issueEdited: false,
  issueText: null,
  closedAsked: false,
});

const MAX_REMARKS = 20;
const MAX_REMARK_TEXT = 500;

/** Limits of the feedback that waits for a turn. Text beyond the limit is replaced by an excerpt; the link leads to the rest. */
export const PENDING = { items: 200, bytes: 300_000, excerpt: 300 } as const;
/** Limits of the items that await a reply, and of the counters. */
const MOST_ANSWERING = 300;
const MOST_ROUNDS = 300;
const CUT = '… (cut here; the whole is behind the link)';

/** The item, with an excerpt of its text if there is no room for all of it beside the others. */
export function shortenedToFit(others: readonly FeedbackItem[], item: FeedbackItem): FeedbackItem {
  const bytes = others.reduce((sum, { text }) => sum + bytesOf(text), bytesOf(item.text));
  return bytes <= PENDING.bytes ? item : withExcerpt(item);
}

const withExcerpt = (item: FeedbackItem): FeedbackItem =>
  item.text.length <= PENDING.excerpt
    ? item
    : { ...item, text: shorten(item.text, PENDING.excerpt) + CUT, hunk: '' };

/** What of the pending goes into the next turn: as much as `fits` there. */
export function nextItems(
  { pending }: FeedbackState,
  fits: (items: readonly FeedbackItem[]) => boolean = () => true,
): readonly FeedbackItem[] {
  let count = 1;
  while (count < pending.length && fits(pending.slice(0, count + 1))) count++;
  return pending.slice(0, count);
}

/** Moves the next items into the turn that begins; the rest waits for the next. */
export function takeFeedback(
  state: FeedbackState,
  fits?: (items: readonly FeedbackItem[]) => boolean,
): FeedbackItem[] {
  const items = state.pending.splice(0, nextItems(state, fits).length);
  countUp(state.rounds, items.map(roundOf));
  countUp(
    state.turnsBy,
    items.map(({ author }) => author),
  );
  state.awaitingReply.push(...items.map(withExcerpt));
  for (const item of keepLatest(state.awaitingReply, MOST_ANSWERING)) noteRemark(state, item);
  return items;
}

function countUp(counts: Record<string, number>, keys: readonly string[]): void {
  for (const key of new Set(keys)) counts[key] = (counts[key] ?? 0) + 1;
  const all = Object.keys(counts);
  for (const key of all.slice(0, Math.max(0, all.length - MOST_ROUNDS))) delete counts[key];
}

/** How many turns in a row may be taken on one person's comments. */
const MOST_TURNS_IN_A_ROW = 10;

/** Why a person is asked before a turn takes these items: people and agent come to no end. */
export function reasonToAskFirst(
  { rounds, turnsBy }: FeedbackState,
  items: readonly FeedbackItem[],
  limit: number,
): string | undefined {
  if (items.some((item) => (rounds[roundOf(item)] ?? 0) >= limit))
    return `Reviewers and the agent have not agreed in ${limit} rounds`;
  const tireless = items.find(({ author }) => (turnsBy[author] ?? 0) >= MOST_TURNS_IN_A_ROW);
  return (
    tireless && `${MOST_TURNS_IN_A_ROW} turns in a row were taken on what @${tireless.author} says`
  );
}

/** Begins the counts of these items anew, once a person has decided about them. */
export function restartRounds(
  { rounds, turnsBy }: FeedbackState,
  items: readonly FeedbackItem[],
): void {
  for (const item of items) {
    rounds[roundOf(item)] = 0;
    turnsBy[item.author] = 0;
  }
}

/**
 * Leaves what was said on a pull request that another one replaces. What waits for the agent can't be answered there any
 * more, so a person is shown it.
 */
export function leaveFeedback(state: FeedbackState): void {
  for (const item of state.pending) noteRemark(state, item);
  state.pending = [];
  state.awaitingReply = [];
}

export function ingestIssue(state: FeedbackState, issue: IssueSnapshot): void {
  const { digest = issue.digest } = state.issue ?? {};
  if (issue.state === 'gone') state.issue = { ...issue, digest };
  else {
    // Of a session of an earlier version, nobody knows which text the agent has while a person is asked.
    state.issueText ??= { agents: state.issueEdited ? '' : digest, refused: null };
    const { agents, refused } = state.issueText;
    state.issueEdited = issue.digest !== agents && issue.digest !== refused;
    if (issue.state === 'open') state.closedAsked = false;
    state.issue = issue;
  }
}

/** Notes what a person decided about an edit of the issue. @param digest of the text that they were asked about */
export function decideOnEdit(state: FeedbackState, digest: string, isWanted: boolean): void {
  const agents = state.issueText?.agents ?? '';
  state.issueText = isWanted ? { agents: digest, refused: null } : { agents, refused: digest };
  state.issueEdited = false;
}

/** Stores a comment for the person. An edited comment replaces the earlier version. */
export function noteRemark(state: FeedbackState, { author, text, url, at }: FeedbackItem): void {
  const before = state.remarks.findIndex((remark) => url !== '' && remark.url === url);
  if (before >= 0) state.remarks.splice(before, 1);
  state.remarks.push({ author, text: text.slice(0, MAX_REMARK_TEXT), url, at });
  state.remarks.splice(0, state.remarks.length - MAX_REMARKS);
}
