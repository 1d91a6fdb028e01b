import { isAcknowledgement } from './acknowledgement.ts';
import { isForOtherBots, withoutOtherCommands } from './commands-for-bots.ts';
import { commandIn } from './comment-command.ts';
import type { FeedbackItem } from './feedback.ts';

type Comment = Pick<FeedbackItem, 'bot' | 'onIssue' | 'text' | 'thread'>;

/** Whether a person only says thanks on a pull request, or speaks to another program there. */
export const asksNothing = ({ bot, onIssue, text, thread }: Comment): boolean =>
  !bot &&
  !onIssue &&
  (isForOtherBots(text, thread !== null) ||
    isAcknowledgement(text) ||
    isAcknowledgement(withoutOtherCommands(text)));

/**
 * Whether it matters what the author may do in the repository. Each answer costs a request to GitHub, and
 * anybody may comment. On the issue only commands count; people talk to each other there.
 */
export const rightsMatter = (comment: Comment): boolean =>
  !comment.bot &&
  (commandIn(comment.text) !== undefined || (!comment.onIssue && !asksNothing(comment)));
