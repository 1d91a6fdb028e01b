import { ApplicationFailure, log } from '@temporalio/workflow';
import { COMMAND_HELP } from '../../domain/pull-request/comment-command.ts';
import type { FeedbackItem } from '../../domain/pull-request/feedback.ts';
import {
  type FeedbackContext,
  type GivenCommand,
  ingestFeedback,
} from '../../domain/pull-request/ingest-feedback.ts';
import { latest, type PullRequestSnapshot } from '../../domain/pull-request/pull-request.ts';
import { stopYielding } from '../../domain/pull-request/stop-yielding.ts';
import { isAnswer, noteRefusal, readGuidance } from '../../domain/session/answers.ts';
import { keepLatest, MOST } from '../../domain/session/bounds.ts';
import { isOnlyRaise } from '../../domain/session/guidance.ts';
import {
  excerptOf,
  markDelivered,
  pendingGuidance,
  receive,
} from '../../domain/session/received-guidance.ts';
import type { DependencyNotice } from '../../domain/session/reports.ts';
import type { SessionState } from '../../domain/session/state.ts';
import { bestEffortComments } from '../activities.ts';

/** Handlers that put messages into a session's state. `handlers.ts` says which message calls which. */

/** The parts of a session that a comment can change. */
interface Commanded {
  readonly state: SessionState;
  /** Ends the session. */
  cancel(): void;
  notify(what: string, text: string): Promise<void>;
}

export function receivePullRequest(state: SessionState, news: PullRequestSnapshot): void {
  if (news.number !== state.publication.replaced)
    state.pullRequest = latest(state.pullRequest, news);
}

export async function receiveFeedback(
  session: Commanded,
  items: readonly FeedbackItem[],
): Promise<void> {
  const { state } = session;
  const dequeued: FeedbackItem[] = [];
  const context = {
    ...contextOf(state),
    onDequeued: (item: FeedbackItem) => void dequeued.push(item),
  };
  for (const given of ingestFeedback(state.feedback, items, context))
    await runCommentCommand(session, given);
  for (const { author, text } of dequeued)
    await session.notify('was taken out of the merge queue', `by @${author}: ${text}`);
}

/**
 * Stores a notice about a dependency. A notice that a branch moved is replaced by a later one; a notice of an
 * end is not.
 */
export function receiveDependencyNotice(
  { pendingNotices: pending }: SessionState,
  news: DependencyNotice,
): void {
  const overtaken = pending.findIndex(
    ({ issue, event }) => issue === news.issue && event === 'moved',
  );
  if (overtaken >= 0) pending.splice(overtaken, 1);
  pending.push(news);
  keepLatest(pending, MOST.news);
}

/** Records, for the person to see, what was refused, and why. */
export function noteRefused(state: SessionState, what: unknown, reason: string): void {
  log.warn('a message was not taken', { reason });
  noteRefusal(state.refused, { what, reason, at: new Date().toISOString() });
}

/** What decides whether guidance can be accepted now. */
function guidable(state: SessionState) {
  const { input, phase, cancelled, pullRequest, stuck, guidance, allowed } = state;
  const isOver = phase === 'ended' || cancelled;
  const nothingLeft = pullRequest?.merged === true && !stuck;
  return {
    issue: input.issue,
    ...openQuestion(state),
    closedReason: isOver
      ? 'it has ended'
      : nothingLeft
        ? 'its pull request is merged, and there is nothing left to guide'
        : undefined,
    pending: pendingGuidance(guidance),
    allowed,
  };
}

/** The question that waits, unless what answers it is here and about to be acted on. */
function openQuestion({ stuck, openQuestion: asking, guidance }: SessionState) {
  const from = asking?.how === 'askOperator' ? asking.guidanceBefore : 0;
  const answer = pendingGuidance(guidance)
    .slice(from)
    .find((one) => stuck && isAnswer(stuck.asksFor, one));
  const last = answer ?? (stuck ? undefined : guidance.at(-1));
  return {
    question: answer ? null : stuck,
    answer: last ? excerptOf(last) || last.action : null,
  };
}

function contextOf(state: SessionState): FeedbackContext {
  const { registration, startedAt, pullRequest } = state;
  const { pullRequests, policy } = registration?.settings ?? {};
  return {
    bots: pullRequests?.bots ?? [],
    fixers: pullRequests?.fixers ?? [],
    machineUsers: pullRequests?.machineUsers ?? [],
    began: registration?.began ?? { at: startedAt, lastComment: null },
    now: new Date().toISOString(),
    headSha: pullRequest?.headSha ?? null,
    botTurns: policy?.turnLimits.review ?? 0,
    onFull: ({ author, url }) =>
      noteRefused(
        state,
        `@${author} ${url}`,
        'too much feedback waits for its next turn: write it again after that',
      ),
  };
}

/** Runs the command of a comment, as the CLI's command would do, and answers with a reaction. */
async function runCommentCommand(
  session: Commanded,
  { command, item }: GivenCommand,
): Promise<void> {
  const { state } = session;
  let taken = true;
  switch (command?.do) {
    case undefined:
      taken = false;
      break;
    case 'wait':
      state.feedback.fixer = {
        ...{ author: item.author, url: item.url, at: new Date().toISOString() },
        headSha: state.pullRequest?.headSha ?? null,
      };
      break;
    case 'guide':
      taken = receiveGuidance(state, command.text);
      break;
    case 'approve':
    case 'retry':
      taken = receiveGuidance(state, { text: command.text, action: command.do });
      break;
    case 'option':
      taken = receiveGuidance(state, { option: command.option });
      break;
    case 'pause':
    case 'resume':
      state.paused = command.do === 'pause';
      if (!state.paused) stopYielding(state.feedback);
      break;
    case 'cancel':
      session.cancel();
      break;
  }
  try {
    const { repository, issue } = state.input;
    const number = item.onIssue ? issue : (state.pullRequest?.number ?? issue);
    const help = command ? {} : { help: COMMAND_HELP };
    await bestEffortComments(repository).react({ repository, number, item, taken, ...help });
  } catch (error) {
    log.warn('the comment could not be answered with a reaction', { error });
  }
}

/** @throws ApplicationFailure InvalidInput, when guidance can't be taken now */
export function refuseGuidance(state: SessionState, input: unknown): void {
  const read = readGuidance(input, guidable(state));
  if ('problem' in read)
    throw ApplicationFailure.nonRetryable(
      `did not accept the guidance: ${read.problem}`,
      'InvalidInput',
    );
}

/**
 * Stores guidance, or records why it is refused.
 * @returns whether it was stored
 */
export function receiveGuidance(state: SessionState, input: unknown): boolean {
  const read = readGuidance(input, guidable(state));
  if ('problem' in read) {
    noteRefused(state, input, read.problem);
    return false;
  }
  const { guidance } = read;
  state.limits.budgetTopUp += guidance.budget;
  state.allowed = [...new Set([...state.allowed, ...guidance.allow])];
  const turn = state.turns.at(-1)?.startedAt;
  receive(state.guidance, guidance, { at: new Date().toISOString(), turn });
  if (!isOnlyRaise(guidance)) {
    // A person wants the session to continue, even if somebody else is repairing the pull request.
    stopYielding(state.feedback);
    state.feedback.repairs = [];
    state.feedback.turnsBy = {};
  }
  return true;
}

/** Records guidance as refused that did not reach the agent before the pull request was merged. */
export function refusePending(state: SessionState): void {
  const pending = pendingGuidance(state.guidance);
  for (const guidance of pending)
    noteRefused(
      state,
      excerptOf(guidance),
      'its pull request was merged before the agent heard of it',
    );
  markDelivered(pending, new Date().toISOString());
}
