import { keepLatest } from '../session/bounds.ts';
import { isPlaceholder, repeatsItself, withMachineUsers } from './authors.ts';
import { type Commanded, type CommentCommand, commandIn } from './comment-command.ts';
import { BOT_ROUNDS, type FeedbackItem, isForAgent, roundOf, versionOf } from './feedback.ts';
import { type FeedbackState, noteRemark, PENDING, shortenedToFit } from './feedback-state.ts';
import { digest } from './managed-section.ts';
import { hasNoFindings } from './no-findings.ts';
import { repairAnnouncement } from './other-fixer.ts';
import { asksNothing } from './rights.ts';
import type { SessionStart } from './session-start.ts';

/** A command to the session, and the comment that gives it; null when it means to command, and is none. */
export interface GivenCommand {
  readonly command: CommentCommand | null;
  readonly item: FeedbackItem;
}

/** What it depends on how something said is taken. */
export interface FeedbackContext {
  /** Bots whose comments reach the agent, bots that repair, and accounts of people that are programs. */
  readonly bots: readonly string[];
  readonly fixers: readonly string[];
  readonly machineUsers: readonly string[];
  /** What was commanded before the session began was meant for another. */
  readonly began: SessionStart;
  /** ISO 8601. */
  readonly now: string;
  /** The pull request's head. */
  readonly headSha: string | null;
  /** How many turns may be taken on what one bot says, without a word of a person's between them. */
  readonly botTurns: number;
  /** Called with what can't be taken in, since too much waits for a turn already. */
  onFull?(item: FeedbackItem): void;
  /** Called when the pull request was taken out of the merge queue. */
  onDequeued?(item: FeedbackItem): void;
}

/** GitHub's versions are short. */
const MOST_SEEN = 5_000;

/**
 * Takes in what was said since: each item once, by id, and once more when it was edited after the agent had it. Returns
 * the commands among it, for the session to follow.
 */
export function ingestFeedback(
  state: FeedbackState,
  items: readonly FeedbackItem[],
  context: FeedbackContext,
): GivenCommand[] {
  return items.flatMap((said) => {
    const item = withMachineUsers(said, context.machineUsers);
    if (state.seen.includes(seenAs(item)) || isPlaceholder(item)) return [];
    const commanded = commandIn(item.text);
    const waiting = state.pending.findIndex(({ id }) => id === item.id);
    if (state.pending.length >= PENDING.items && waiting < 0 && !commanded) {
      // It is not noted as seen, so it is taken when it is sent again and there is room.
      context.onFull?.(item);
      return [];
    }
    const isEdit = wasSeenBefore(state, item);
    noteSeen(state, item);
    if (waiting >= 0) {
      const [before] = state.pending.splice(waiting, 1);
      if (before && !commanded) {
        state.pending.splice(waiting, 0, shortenedToFit(state.pending, { ...before, ...item }));
        return [];
      }
    }
    if (isEvent(item)) {
      takeEvent(state, item, context);
      return [];
    }
    if (saysNothing(item, items)) return [];
    if ((item.onIssue || commanded) && isBefore(item, context.began)) return [];
    if (!commanded) {
      takeComment(state, item, context);
      return [];
    }
    if (!item.mayWrite || item.bot) {
      noteRemark(state, item);
      return [];
    }
    return [takeCommand(state, { item, commanded, isEdit }, context)];
  });
}

/** An edited comment commands nothing: nobody could say what was meant, and when. */
function takeCommand(
  state: FeedbackState,
  { item, commanded, isEdit }: { item: FeedbackItem; commanded: Commanded; isEdit: boolean },
  context: FeedbackContext,
): GivenCommand {
  const { rest } = commanded;
  const command = isEdit ? null : commanded.command;
  if (command && rest !== '') takeComment(state, { ...item, text: rest }, context);
  return { command, item };
}

/** Takes in what commands nothing: for the agent, for the person, or for nobody. */
function takeComment(state: FeedbackState, item: FeedbackItem, context: FeedbackContext): void {
  const isPerson = item.mayWrite && !item.bot && !item.onIssue;
  if (asksNothing(item)) return;
  if (hasNoFindings(item)) return;
  if (!isForTurn(state, item, context)) {
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

/** Something was done, rather than said. Whom a person assigns, repairs the pull request from then on. */
function takeEvent(state: FeedbackState, item: FeedbackItem, context: FeedbackContext): void {
  if (isBefore(item, context.began)) return;
  const { kind, text, url } = item;
  if (kind === 'dequeued') {
    noteRemark(state, { ...item, text: `took it out of the merge queue: ${text}` });
    context.onDequeued?.(item);
  } else if (kind === 'unassigned') {
    if (state.fixer?.author === text) state.fixer = null;
  } else if (item.mayWrite && !item.bot)
    state.fixer = { author: text, url, at: context.now, headSha: context.headSha };
}

/** Whether the agent is to be told. What only says who repairs is for Coppice itself. */
function isForTurn(state: FeedbackState, item: FeedbackItem, context: FeedbackContext): boolean {
  if (noteFixer(state, item, context) || !isForAgent(item, context.bots)) return false;
  const { author, bot } = item;
  if (!bot) return !repeatsItself(state.shapes, item);
  return (
    (state.rounds[roundOf(item)] ?? 0) < BOT_ROUNDS &&
    (state.turnsBy[author] ?? 0) < Math.max(1, context.botTurns)
  );
}

/** Notes which bot repairs the pull request, or does not any more. @returns whether it says either */
function noteFixer(
  state: FeedbackState,
  item: FeedbackItem,
  { fixers, now, headSha }: FeedbackContext,
): boolean {
  const said = repairAnnouncement(item, fixers);
  if (said === 'fixing') state.fixer = { author: item.author, url: item.url, at: now, headSha };
  // A bot speaks for itself only.
  else if (said === 'over' && state.fixer?.author === item.author) state.fixer = null;
  return said !== undefined;
}

const seenAs = (item: FeedbackItem): string => {
  const version = versionOf(item);
  return version.length <= 60 ? version : digest(version);
};

function noteSeen({ seen }: FeedbackState, item: FeedbackItem): void {
  seen.push(seenAs(item));
  keepLatest(seen, MOST_SEEN);
}

const wasSeenBefore = ({ seen }: FeedbackState, { id }: FeedbackItem): boolean =>
  seen.some((version) => version === id || version.startsWith(`${id}@`));

const isBefore = ({ id, at }: FeedbackItem, { lastComment, at: began }: SessionStart): boolean => {
  const comment = /^comment:(\d+)$/.exec(id)?.[1];
  return comment !== undefined && lastComment !== null
    ? Number(comment) <= lastComment
    : Date.parse(at) < Date.parse(began);
};

/** A review without words of its own only hands in its threads. */
const saysNothing = ({ kind, text, author }: FeedbackItem, items: readonly FeedbackItem[]) =>
  kind === 'review' &&
  text.trim() === '' &&
  items.some((other) => other.kind === 'thread' && other.author === author);
