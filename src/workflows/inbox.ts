import { log, setHandler } from '@temporalio/workflow';
import { z } from 'zod';
import { FeedbackItem, IssueSnapshot } from '../domain/feedback.ts';
import { type Hearing, hear, hearIssue, type Order } from '../domain/feedback-state.ts';
import { Guidance, isOnlyRaise } from '../domain/guidance.ts';
import { latest, PullRequestSnapshot } from '../domain/pull-request.ts';
import { DependencyNews } from '../domain/session.ts';
import { type SessionState, toDetail, toRecord } from '../domain/session-state.ts';
import { StackRow } from '../domain/stack-table.ts';
import { courtesy } from './activities.ts';
import {
  dependencySignal,
  detailQuery,
  feedbackSignal,
  guidanceSignal,
  issueSignal,
  pauseSignal,
  pullRequestSignal,
  resumeSignal,
  stackSignal,
  statusQuery,
} from './messages.ts';

export interface Listener {
  readonly state: SessionState;
  /** Ends the session. */
  cancel(): void;
}

/** Takes every message that reaches a session into its state, and answers what it is asked. */
export function listen(listener: Listener): void {
  const { state } = listener;
  setHandler(statusQuery, () => toRecord(state));
  setHandler(detailQuery, () => toDetail(state));
  setHandler(guidanceSignal, (input) => receiveGuidance(state, input));
  setHandler(pullRequestSignal, (input) => {
    const snapshot = PullRequestSnapshot.safeParse(input);
    if (snapshot.success) state.pullRequest = latest(state.pullRequest, snapshot.data);
    else log.warn('ignored a pull request signal that is not valid', { error: snapshot.error });
  });
  setHandler(feedbackSignal, async (input) => {
    const items = z.array(FeedbackItem).safeParse(input);
    if (!items.success) {
      log.warn('ignored a feedback signal that is not valid', { error: items.error });
      return;
    }
    for (const order of hear(state.feedback, items.data, hearing(state)))
      await obey(listener, order);
  });
  setHandler(issueSignal, (input) => {
    const issue = IssueSnapshot.safeParse(input);
    if (issue.success) hearIssue(state.feedback, issue.data);
    else log.warn('ignored an issue signal that is not valid', { error: issue.error });
  });
  setHandler(pauseSignal, () => {
    state.paused = true;
  });
  setHandler(resumeSignal, () => {
    state.paused = false;
  });
  setHandler(stackSignal, (input) => {
    const stack = z.array(StackRow).safeParse(input);
    if (stack.success) state.stack = stack.data;
    else log.warn('ignored a stack signal that is not valid', { error: stack.error });
  });
  setHandler(dependencySignal, (input) => {
    const news = DependencyNews.safeParse(input);
    if (news.success) state.pendingNews.push(news.data);
    else log.warn('ignored a dependency signal that is not valid', { error: news.error });
  });
}

function hearing({ registration, startedAt, pullRequest }: SessionState): Hearing {
  const { pullRequests, policy } = registration?.settings ?? {};
  return {
    bots: pullRequests?.bots ?? [],
    fixers: pullRequests?.fixers ?? [],
    since: startedAt,
    now: new Date().toISOString(),
    headSha: pullRequest?.headSha ?? null,
    botTurns: policy?.attempts.review ?? 0,
  };
}

/** Does what a comment commands, as the CLI's command would, and answers it with a reaction. */
async function obey({ state, cancel }: Listener, { command, item }: Order): Promise<void> {
  switch (command.do) {
    case 'guide':
      receiveGuidance(state, command.text);
      break;
    case 'approve':
      receiveGuidance(state, { text: command.text, action: 'approve' });
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
    await courtesy.react({ repository: state.input.repository, item });
  } catch (error) {
    log.warn('the comment could not be answered with a reaction', { error });
  }
}

export function receiveGuidance(state: SessionState, input: unknown): void {
  const guidance = Guidance.safeParse(input);
  if (!guidance.success) {
    log.warn(
      'ignored guidance that is neither a string nor {text, action, allow, budget, interrupt}',
    );
    return;
  }
  const { text, action, allow, budget } = guidance.data;
  state.raised += budget;
  if (!isOnlyRaise(guidance.data)) {
    state.pendingGuidance.push(guidance.data);
    // Whoever else is at it: a person wants the session to go on.
    state.feedback.fixer = null;
  }
  const raise = budget > 0 ? [`budget +${budget}`] : [];
  const said = [text, ...allow.map((rule) => `allow ${rule}`), ...raise].filter(
    (line) => line !== '',
  );
  state.guidance.push({ text: said.join('\n'), action, receivedAt: new Date().toISOString() });
}
