import { ApplicationFailure, log, setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import { z } from 'zod';
import { FeedbackItem, IssueSnapshot } from '../../domain/pull-request/feedback.ts';
import {
  type FeedbackContext,
  type GivenCommand,
  ingestFeedback,
  ingestIssue,
} from '../../domain/pull-request/feedback-state.ts';
import { latest, PullRequestSnapshot } from '../../domain/pull-request/pull-request.ts';
import { StackRow } from '../../domain/pull-request/stack-table.ts';
import { noteRefusal, readGuidance } from '../../domain/session/answers.ts';
import { keepLatest, MOST } from '../../domain/session/bounds.ts';
import { isOnlyRaise } from '../../domain/session/guidance.ts';
import { toDetail, toRecord } from '../../domain/session/projections.ts';
import { deliver, pendingOf, receive, said } from '../../domain/session/received-guidance.ts';
import { DependencyNews } from '../../domain/session/session.ts';
import type { SessionState } from '../../domain/session/state.ts';
import { bestEffortComments } from '../activities.ts';
import {
  detailQuery,
  guidanceSignal,
  guideUpdate,
  pauseSignal,
  pauseUpdate,
  reportDependencySignal,
  reportFeedbackSignal,
  reportIssueSignal,
  reportPullRequestSignal,
  resumeSignal,
  resumeUpdate,
  setStackSignal,
  statusQuery,
} from '../messages.ts';

export interface Listener {
  readonly state: SessionState;
  /** Ends the session. */
  cancel(): void;
}

/** Takes every message that reaches a session into its state, and answers what it is asked. */
export function listen(listener: Listener): void {
  const { state } = listener;
  const take = <T>(what: string, schema: z.ZodType<T>, input: unknown): T | undefined => {
    const parsed = schema.safeParse(input);
    if (!parsed.success) refuse(state, `signal ${what}`, z.prettifyError(parsed.error));
    return parsed.data;
  };
  setHandler(statusQuery, () => toRecord(state), statusQuery.options);
  setHandler(detailQuery, () => toDetail(state), detailQuery.options);
  // A fault in a handler would fail the workflow's task, which Temporal tries again for ever.
  const safely =
    <T>(what: string, handle: (input: T) => void | Promise<void>) =>
    async (input: T): Promise<void> => {
      try {
        await handle(input);
      } catch (error) {
        refuse(state, `signal ${what}`, `a fault of Coppice: ${error}`);
      }
    };
  setHandler(
    guidanceSignal,
    safely('guidance', (input) => {
      receiveGuidance(state, input);
    }),
    guidanceSignal.options,
  );
  setHandler(
    guideUpdate,
    (input) => {
      receiveGuidance(state, input);
    },
    {
      ...guideUpdate.options,
      validator: (input) => {
        const read = readGuidance(input, told(state));
        if ('problem' in read)
          throw ApplicationFailure.nonRetryable(`was not told: ${read.problem}`, 'InvalidInput');
      },
    },
  );
  setHandler(
    reportPullRequestSignal,
    safely('reportPullRequest', (input) => {
      const snapshot = take('reportPullRequest', PullRequestSnapshot, input);
      if (snapshot && snapshot.number !== state.replaced)
        state.pullRequest = latest(state.pullRequest, snapshot);
    }),
    reportPullRequestSignal.options,
  );
  setHandler(
    reportFeedbackSignal,
    safely('reportFeedback', async (input) => {
      const items = take('reportFeedback', z.array(FeedbackItem), input);
      for (const given of ingestFeedback(state.feedback, items ?? [], hearing(state)))
        await runCommentCommand(listener, given);
    }),
    reportFeedbackSignal.options,
  );
  setHandler(
    reportIssueSignal,
    safely('reportIssue', (input) => {
      const issue = take('reportIssue', IssueSnapshot, input);
      if (issue) ingestIssue(state.feedback, issue);
    }),
    reportIssueSignal.options,
  );
  const pause = () => {
    state.paused = true;
  };
  const resume = () => {
    state.paused = false;
  };
  setHandler(pauseSignal, pause, pauseSignal.options);
  setHandler(pauseUpdate, pause, pauseUpdate.options);
  setHandler(resumeSignal, resume, resumeSignal.options);
  setHandler(resumeUpdate, resume, resumeUpdate.options);
  setHandler(
    setStackSignal,
    safely('setStack', (input) => {
      state.stack = take('setStack', z.array(StackRow).max(MOST.news), input) ?? state.stack;
    }),
    setStackSignal.options,
  );
  setHandler(
    reportDependencySignal,
    safely('reportDependency', (input) => {
      const news = take('reportDependency', DependencyNews, input);
      if (news) addNews(state.pendingNews, news);
    }),
    reportDependencySignal.options,
  );
}

/** A signal whose name no handler has would wait in the workflow for ever. To be called after all others have one. */
export const refuseUnknownSignals = (state: SessionState): void =>
  setDefaultSignalHandler((name) =>
    refuse(state, `signal ${name}`, 'a session takes no signal of that name'),
  );

/** A move is overtaken by what comes after it; an end is not. */
function addNews(pending: DependencyNews[], news: DependencyNews): void {
  const overtaken = pending.findIndex(
    ({ issue, event }) => issue === news.issue && event === 'moved',
  );
  if (overtaken >= 0) pending.splice(overtaken, 1);
  pending.push(news);
  keepLatest(pending, MOST.news);
}

function refuse(state: SessionState, what: unknown, reason: string): void {
  log.warn('a message was not taken', { reason });
  noteRefusal(state.refused, { what, reason, at: new Date().toISOString() });
}

/** What decides whether guidance can be taken now. */
function told({ phase, status, pullRequest, stuck, guidance, allowed }: SessionState) {
  const isOver = phase === 'ended' || status === 'cancelled';
  const nothingLeft = pullRequest?.merged === true && !stuck;
  return {
    asksFor: stuck?.asksFor ?? null,
    over: isOver
      ? 'it has ended'
      : nothingLeft
        ? 'its pull request is merged, and there is nothing left to guide'
        : undefined,
    pending: pendingOf(guidance),
    allowed,
  };
}

function hearing(state: SessionState): FeedbackContext {
  const { registration, startedAt, pullRequest } = state;
  const { pullRequests, policy } = registration?.settings ?? {};
  return {
    bots: pullRequests?.bots ?? [],
    fixers: pullRequests?.fixers ?? [],
    since: startedAt,
    now: new Date().toISOString(),
    headSha: pullRequest?.headSha ?? null,
    botTurns: policy?.attempts.review ?? 0,
    onFull: ({ author, url }) =>
      refuse(
        state,
        `@${author} ${url}`,
        'too much feedback waits for its next turn: say it after that',
      ),
  };
}

/** Does what a comment commands, as the CLI's command would, and answers it with a reaction. */
async function runCommentCommand(
  { state, cancel }: Listener,
  { command, item }: GivenCommand,
): Promise<void> {
  let taken = true;
  switch (command.do) {
    case 'guide':
      taken = receiveGuidance(state, command.text);
      break;
    case 'approve':
      taken = receiveGuidance(state, { text: command.text, action: 'approve' });
      break;
    case 'pause':
    case 'resume':
      state.paused = command.do === 'pause';
      break;
    case 'cancel':
      cancel();
      break;
  }
  try {
    const { repository } = state.input;
    await bestEffortComments(repository).react({ repository, item, taken });
  } catch (error) {
    log.warn('the comment could not be answered with a reaction', { error });
  }
}

/** Takes guidance in, or notes why not. @returns whether it was taken */
export function receiveGuidance(state: SessionState, input: unknown): boolean {
  const read = readGuidance(input, told(state));
  if ('problem' in read) {
    refuse(state, input, read.problem);
    return false;
  }
  const { guidance } = read;
  state.budgetTopUp += guidance.budget;
  state.allowed = [...new Set([...state.allowed, ...guidance.allow])];
  const turn = state.turns.at(-1)?.startedAt;
  receive(state.guidance, guidance, { at: new Date().toISOString(), turn });
  // Whoever else is at it: a person wants the session to go on.
  if (!isOnlyRaise(guidance)) state.feedback.fixer = null;
  return true;
}

/** Merged, there is nothing to guide: what the agent was not told is shown. */
export function refuseTheRest(state: SessionState): void {
  const pending = pendingOf(state.guidance);
  for (const guidance of pending)
    refuse(state, said(guidance), 'its pull request was merged before the agent heard of it');
  deliver(pending, new Date().toISOString());
}
