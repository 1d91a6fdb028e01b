import { z } from 'zod';
import { bytesOf, keepLatest, shorten } from '../session/bounds.ts';
import { type CommentCommand, commandOf, looksLikeCommand } from './comment-command.ts';
import { BOT_ROUNDS, FeedbackItem, IssueSnapshot, isForAgent, roundOf } from './feedback.ts';
import { digest } from './managed-section.ts';
import { announcementOf, type KnownBots, OtherFixer } from './other-fixer.ts';

/** A turn that was taken to repair failed checks. */
const Repair = z.object({
  headSha: z.string(),
  /** Names the failures together with the change they failed on. */
  key: z.string(),
  failures: z.array(z.string()),
});

/** Something said that only the person is shown. */
export const Remark = z.object({
  author: z.string(),
  text: z.string(),
  url: z.string(),
  at: z.string(),
});
export type Remark = z.infer<typeof Remark>;

/** What was found out about the failed checks of one head, so that it is found out once. */
export const Examined = z.object({
  headSha: z.string(),
  names: z.array(z.string()),
  /** Why no turn is taken for them, in words. */
  note: z.string(),
  /** Someone else pushed that commit: it is theirs to repair. */
  theirs: z.boolean(),
  /** When it was found out, ISO 8601. */
  at: z.string().default(''),
});
export type Examined = z.infer<typeof Examined>;

/** What a session knows of what its pull request told it; plain data. */
export const FeedbackState = z.object({
  /** Ids of what was heard, the latest: each is delivered once. */
  heard: z.array(z.string()),
  /** For the agent's next turn, oldest first. */
  pending: z.array(FeedbackItem),
  /** Given to the agent, and owed an answer. */
  answering: z.array(FeedbackItem),
  /** The latest that only the person is shown. */
  remarks: z.array(Remark),
  /** Rounds taken, by thread, bot or comment. */
  rounds: z.record(z.string(), z.number()),
  /** Turns taken on what bots said since a person last said something, by bot. */
  botTurns: z.record(z.string(), z.number()).default({}),
  /** Somebody else who is repairing the pull request. */
  fixer: OtherFixer.nullable().default(null),
  repairs: z.array(Repair),
  examined: Examined.nullable(),
  /** Checks re-run, as `head name`. */
  rerun: z.array(z.string()),
  /** The head of which no check was heard within the quiet period. */
  unchecked: z.string().nullable(),
  /** Whether it was made ready for review, and the person told. */
  ready: z.boolean(),
  issue: IssueSnapshot.nullable(),
  /** The issue's text changed since the agent last read it. */
  issueEdited: z.boolean(),
  /** Whether a person was asked about the closed issue. */
  closedAsked: z.boolean(),
});
export type FeedbackState = z.infer<typeof FeedbackState>;

export const newFeedbackState = (): FeedbackState => ({
  heard: [],
  pending: [],
  answering: [],
  remarks: [],
  rounds: {},
  botTurns: {},
  fixer: null,
  repairs: [],
  examined: null,
  rerun: [],
  unchecked: null,
  ready: false,
  issue: null,
  issueEdited: false,
  closedAsked: false,
});

const MAX_REMARKS = 20;
const MAX_REMARK_TEXT = 500;

/** Of what waits for a turn: so many items, and so much of their text; what is beyond that stays behind their links. */
const PENDING = { items: 200, bytes: 300_000, excerpt: 300 } as const;
/** Of what is owed an answer, and of what is only remembered. */
const MOST_ANSWERING = 300;
const MOST_HEARD = 5_000;
const MOST_ROUNDS = 300;
const CUT = '… (cut here; the whole is behind the link)';

/** A command to the session, and the comment that gives it. */
export interface GivenCommand {
  readonly command: CommentCommand;
  readonly item: FeedbackItem;
}

/** What it depends on how something said is taken. */
export interface FeedbackContext extends KnownBots {
  /** When the session began, ISO 8601: what was commanded before was meant for another. */
  readonly since: string;
  /** ISO 8601. */
  readonly now: string;
  /** The pull request's head. */
  readonly headSha: string | null;
  /** How many turns may be taken on what one bot says, without a word of a person's between them. */
  readonly botTurns: number;
  /** Called with what can't be taken in, since too much waits for a turn already. */
  onFull?(item: FeedbackItem): void;
}

/**
 * Takes in what was said since: each item once, by id. Returns the commands among it, for the session to follow.
 */
export function ingestFeedback(
  state: FeedbackState,
  items: readonly FeedbackItem[],
  hearing: FeedbackContext,
): GivenCommand[] {
  const commands: GivenCommand[] = [];
  for (const item of items) {
    if (wasHeard(state, item)) continue;
    if (state.pending.length >= PENDING.items && !looksLikeCommand(item)) {
      // Not noted as heard: told again, it is taken once there is room.
      hearing.onFull?.(item);
      continue;
    }
    noteHeard(state, item);
    if (saysNothing(item, items)) continue;
    const isOld = Date.parse(item.at) < Date.parse(hearing.since);
    if (isOld && (item.onIssue || looksLikeCommand(item))) continue;
    const command = commandOf(item);
    if (command && item.mayWrite && !item.bot) commands.push({ command, item });
    else if (!looksLikeCommand(item) && isForTurn(state, item, hearing))
      state.pending.push(fitting(state, item));
    else remember(state, item);
    if (item.mayWrite && !item.bot && !item.onIssue) state.botTurns = {};
  }
  return commands;
}

const wasHeard = ({ heard }: FeedbackState, { id }: FeedbackItem): boolean =>
  heard.includes(heardAs(id));

function noteHeard({ heard }: FeedbackState, { id }: FeedbackItem): void {
  heard.push(heardAs(id));
  keepLatest(heard, MOST_HEARD);
}

/** GitHub's ids are short. */
const heardAs = (id: string): string => (id.length <= 40 ? id : digest(id));

/** An item with as much of its text as there is room for. */
function fitting({ pending }: FeedbackState, item: FeedbackItem): FeedbackItem {
  const bytes = pending.reduce((sum, { text }) => sum + bytesOf(text), bytesOf(item.text));
  return bytes <= PENDING.bytes ? item : withExcerpt(item);
}

const withExcerpt = (item: FeedbackItem): FeedbackItem =>
  item.text.length <= PENDING.excerpt
    ? item
    : { ...item, text: shorten(item.text, PENDING.excerpt) + CUT };

/** Whether the agent is to be told. What only says who repairs is for Coppice itself. */
function isForTurn(state: FeedbackState, item: FeedbackItem, hearing: FeedbackContext): boolean {
  if (noteFixer(state, item, hearing)) return false;
  if (!isForAgent(item, hearing.bots)) return false;
  const { author, bot } = item;
  if (!bot) return true;
  return (
    (state.rounds[roundOf(item)] ?? 0) < BOT_ROUNDS &&
    (state.botTurns[author] ?? 0) < Math.max(1, hearing.botTurns)
  );
}

/** Notes who else repairs the pull request, or that nobody does any more. @returns whether that is all it says */
function noteFixer(state: FeedbackState, item: FeedbackItem, hearing: FeedbackContext): boolean {
  const said = announcementOf(item, hearing);
  if (!said || (said.says === 'over' && !state.fixer)) return false;
  const { author, url, at, bot } = item;
  // A bot speaks for itself only.
  if (said.says === 'over' && bot && state.fixer?.author !== author) return false;
  const { headSha, now } = hearing;
  // A clock that goes ahead makes nobody wait longer.
  const since = Date.parse(at) < Date.parse(now) ? at : now;
  state.fixer = said.says === 'fixing' ? { author, url, at: since, headSha } : null;
  return !said.more;
}

/** A review without words of its own only hands in its threads. */
const saysNothing = ({ kind, text, author }: FeedbackItem, items: readonly FeedbackItem[]) =>
  kind === 'review' &&
  text.trim() === '' &&
  items.some((other) => other.kind === 'thread' && other.author === author);

/**
 * Moves what is pending into the turn that begins, as much as `fits` there; the rest waits for the next.
 */
export function takeFeedback(
  state: FeedbackState,
  fits: (items: readonly FeedbackItem[]) => boolean = () => true,
): FeedbackItem[] {
  let count = 1;
  while (count < state.pending.length && fits(state.pending.slice(0, count + 1))) count++;
  const items = state.pending.splice(0, count);
  for (const round of new Set(items.map(roundOf)))
    state.rounds[round] = (state.rounds[round] ?? 0) + 1;
  for (const bot of new Set(items.filter((item) => item.bot).map(({ author }) => author)))
    state.botTurns[bot] = (state.botTurns[bot] ?? 0) + 1;
  const rounds = Object.keys(state.rounds);
  for (const round of rounds.slice(0, Math.max(0, rounds.length - MOST_ROUNDS)))
    delete state.rounds[round];
  state.answering.push(...items.map(withExcerpt));
  for (const item of keepLatest(state.answering, MOST_ANSWERING)) remember(state, item);
  return items;
}

export function ingestIssue(state: FeedbackState, issue: IssueSnapshot): void {
  const { digest = issue.digest } = state.issue ?? {};
  if (issue.state === 'gone') state.issue = { ...issue, digest };
  else {
    if (digest !== issue.digest) state.issueEdited = true;
    if (issue.state === 'open') state.closedAsked = false;
    state.issue = issue;
  }
}

function remember(state: FeedbackState, { author, text, url, at }: FeedbackItem): void {
  state.remarks.push({ author, text: text.slice(0, MAX_REMARK_TEXT), url, at });
  state.remarks.splice(0, state.remarks.length - MAX_REMARKS);
}
