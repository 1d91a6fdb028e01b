import { log } from '@temporalio/workflow';
import { COMMAND_HELP } from '../../domain/pull-request/comment-command.ts';
import type { FeedbackItem } from '../../domain/pull-request/feedback.ts';
import {
  type FeedbackContext,
  type GivenCommand,
  ingestFeedback,
} from '../../domain/pull-request/ingest-feedback.ts';
import { stopYielding } from '../../domain/pull-request/stop-yielding.ts';
import type { SessionState } from '../../domain/session/state.ts';
import { bestEffortComments } from '../activities.ts';
import { noteRefused, receiveGuidance } from './receive-guidance.ts';

/** The parts of a session that a comment can change. */
interface Commanded {
  readonly state: SessionState;
  /** Ends the session. */
  cancel(): void;
  notify(what: string, text: string): Promise<void>;
}

/** Stores comments for the agent, and runs the commands among them. */
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
    yieldTo: pullRequests?.yieldTo ?? 0,
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
        ...{ author: item.author, bot: false, url: item.url, at: new Date().toISOString() },
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
