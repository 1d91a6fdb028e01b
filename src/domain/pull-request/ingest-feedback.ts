import {
  isHalfDone,
  isLongPlaceholder,
  isPlaceholder,
  repeatsItself,
  withMachineUsers,
} from './authors.ts';
import { type Commanded, type CommentCommand, commandIn } from './comment-command.ts';
import { BOT_ROUNDS, type FeedbackItem, isForAgent, roundOf } from './feedback.ts';
import { type FeedbackState, noteRemark, PENDING, shortenedToFit } from './feedback-state.ts';
import { findsNothing } from './no-findings.ts';
import {
  afterAssignment,
  afterUnassignment,
  isPersons,
  repairAnnouncement,
} from './other-fixer.ts';
import { needsNoTurn, pointOf } from './point.ts';
import {
  isRestSeen,
  isSeen,
  noteFollowed,
  noteRest,
  noteSeen,
  wasFollowed,
  wasSeenBefore,
} from './seen.ts';
import type { SessionStart } from './session-start.ts';

/** A comment with a command for the session. The command is null when the comment has an invalid one. */
export interface GivenCommand {
  readonly command: CommentCommand | null;
  readonly item: FeedbackItem;
}

/** Facts that decide what a comment is for. */
export interface FeedbackContext {
  /** Bots whose comments reach the agent, bots that repair, and accounts that look like people but are programs. */
  readonly bots: readonly string[];
  readonly fixers: readonly string[];
  readonly machineUsers: readonly string[];
  /** Commands from before this moment were for another session. */
  readonly began: SessionStart;
  /** ISO 8601. */
  readonly now: string;
  /** The pull request's head. */
  readonly headSha: string | null;
  /** How long somebody else has for a repair, in seconds. */
  readonly yieldTo: number;
  /** How many turns may be taken on one bot's comments without a person's comment in between. */
  readonly botTurns: number;
  /** Called with a comment that is not accepted, because too much feedback waits for a turn already. */
  onFull?(item: FeedbackItem): void;
  /** Called when the pull request was taken out of the merge queue. */
  onDequeued?(item: FeedbackItem): void;
}

/**
 * Takes in what was said since: each item once, by id, and once more when it was edited after the agent had it. Returns
 * the commands among it, for the session to follow.
 */
export function ingestFeedback(
  state: FeedbackState,
  items: readonly FeedbackItem[],
  context: FeedbackContext,
): GivenCommand[] {
  return items.flatMap((said) =>
    ingestItem(state, withMachineUsers(said, context.machineUsers), items, context),
  );
}

function ingestItem(
  state: FeedbackState,
  item: FeedbackItem,
  items: readonly FeedbackItem[],
  context: FeedbackContext,
): GivenCommand[] {
  if (isSeen(state, item)) return [];
  if (isPlaceholder(item) && !isLongPlaceholder(item)) return [];
  // It will say more. Until then a remark shows what it says.
  if (isPlaceholder(item) || isHalfDone(item)) {
    noteRemark(state, item);
    return [];
  }
  const commanded = commandIn(item.text);
  const isWaiting = state.pending.some(({ id }) => id === item.id);
  if (state.pending.length >= PENDING.items && !isWaiting && !commanded) {
    // It is not noted as seen, so it is taken when it is sent again and there is room.
    context.onFull?.(item);
    return [];
  }
  const isEdit = wasSeenBefore(state, item);
  const point = pointOf(item);
  const isRestKnown = isRestSeen(state, item, point.text);
  noteSeen(state, item);
  if (isEvent(item)) takeEvent(state, item, context);
  else if (!isWaiting && saysNothing(item, items)) return [];
  else if (item.onIssue && isBefore(item, context.began)) return [];
  else if (!commanded || isBefore(item, context.began)) {
    if (point.text !== item.text) noteRest(state, item, point.text);
    // Nothing but a command may have come or gone.
    if (!isRestKnown) takePoint(state, point, context);
  } else if (!item.mayWrite || item.bot) {
    dropPending(state, item);
    noteRemark(state, item);
  } else return takeCommand(state, { item, commanded, point, isEdit, isRestKnown }, context);
  return [];
}

interface CommandingItem {
  readonly item: FeedbackItem;
  readonly commanded: Commanded;
  /** What it says besides, for the agent. */
  readonly point: FeedbackItem;
  readonly isEdit: boolean;
  /** Whether it said the same beside its command before. */
  readonly isRestKnown: boolean;
}

/**
 * What a comment commands, and what it says besides. An edited comment commands nothing, since nobody could say what was
 * meant, and when; but it may say something else than before beside the command that was followed.
 */
function takeCommand(
  state: FeedbackState,
  { item, commanded: { command }, point, isEdit, isRestKnown }: CommandingItem,
  context: FeedbackContext,
): GivenCommand[] {
  const isKept = command !== null && wasFollowed(state, item, command);
  const isFollowed = command !== null && !isEdit;
  if (isFollowed) noteFollowed(state, item, command);
  // Who is told that the comment was not understood writes all of it again.
  if (isFollowed || isEdit) {
    noteRest(state, item, point.text);
    if (!isRestKnown) takePoint(state, point, context);
  }
  return isKept ? [] : [{ command: isFollowed ? command : null, item }];
}

const dropPending = (state: FeedbackState, { id }: FeedbackItem): void => {
  state.pending = state.pending.filter((one) => one.id !== id);
};

/** Takes in a point: an edit takes the place of what waits. */
function takePoint(state: FeedbackState, point: FeedbackItem, context: FeedbackContext): void {
  const waiting = state.pending.findIndex(({ id }) => id === point.id);
  if (waiting < 0) {
    if (!needsNoTurn(point)) takeComment(state, point, context);
    return;
  }
  const [before] = state.pending.splice(waiting, 1);
  if (before && !needsNoTurn(point))
    state.pending.splice(waiting, 0, shortenedToFit(state.pending, { ...before, ...point }));
}

/** Handles a comment without a command. It is for the agent, for the person, or for nobody. */
function takeComment(state: FeedbackState, item: FeedbackItem, context: FeedbackContext): void {
  const isPerson = item.mayWrite && !item.bot && !item.onIssue;
  if (findsNothing(item) === 'unclear' || !isForTurn(state, item, context)) {
    noteRemark(state, item);
    return;
  }
  if (isPerson) {
    state.repairs = [];
    const { [item.author]: own = 0 } = state.turnsBy;
    state.turnsBy = own > 0 ? { [item.author]: own } : {};
  }
  state.pending.push(shortenedToFit(state.pending, item));
}

const isEvent = ({ kind }: FeedbackItem): boolean =>
  kind === 'dequeued' || kind === 'assigned' || kind === 'unassigned';

/** Handles an event. If a person assigns somebody, that person repairs the pull request from then on. */
function takeEvent(state: FeedbackState, item: FeedbackItem, context: FeedbackContext): void {
  if (isBefore(item, context.began)) return;
  const { kind, text, url } = item;
  if (kind === 'dequeued') {
    noteRemark(state, { ...item, text: `took it out of the merge queue: ${text}` });
    context.onDequeued?.(item);
  } else if (kind === 'unassigned') {
    state.fixer = afterUnassignment(state.fixer, text);
  } else if (item.mayWrite && !item.bot) {
    const { now: at, headSha } = context;
    state.fixer = afterAssignment(state.fixer, { author: text, bot: false, url, at, headSha });
  }
}

/** Whether the agent gets the comment. A comment that only says who repairs the pull request is for Coppice itself. */
function isForTurn(state: FeedbackState, item: FeedbackItem, context: FeedbackContext): boolean {
  if (noteFixer(state, item, context) || !isForAgent(item, context.bots)) return false;
  const { author, bot } = item;
  if (!bot) return !repeatsItself(state.shapes, item);
  return (
    (state.rounds[roundOf(item)] ?? 0) < BOT_ROUNDS &&
    (state.turnsBy[author] ?? 0) < Math.max(1, context.botTurns)
  );
}

/** Stores which bot begins or ends a repair. @returns whether the comment says so */
function noteFixer(
  state: FeedbackState,
  item: FeedbackItem,
  { fixers, now, headSha, yieldTo }: FeedbackContext,
): boolean {
  const said = repairAnnouncement(item, fixers);
  const { fixer } = state;
  // A bot can end only its own repair.
  const isOwn = item.bot && fixer?.author === item.author;
  if (said === 'fixing') {
    if (isPersons(fixer, headSha, { now: Date.parse(now), limit: yieldTo })) return true;
    // However often it says so, it has its time once for each head.
    const at = isOwn && fixer.headSha === headSha ? fixer.at : now;
    state.fixer = { author: item.author, bot: true, url: item.url, at, headSha };
    return true;
  }
  // The comment that said so may say something else now.
  if (isOwn && (said === 'over' || fixer.url === item.url)) {
    state.fixer = null;
    return true;
  }
  if (said === 'over') noteRemark(state, item);
  return said !== undefined;
}

const isBefore = ({ id, at }: FeedbackItem, { lastComment, at: began }: SessionStart): boolean => {
  const comment = /^comment:(\d+)$/.exec(id)?.[1];
  return comment !== undefined && lastComment !== null
    ? Number(comment) <= lastComment
    : Date.parse(at) < Date.parse(began);
};

/** Whether a review has no text of its own, and only contains threads. */
const saysNothing = ({ kind, text, author }: FeedbackItem, items: readonly FeedbackItem[]) =>
  kind === 'review' &&
  text.trim() === '' &&
  items.some((other) => other.kind === 'thread' && other.author === author);
