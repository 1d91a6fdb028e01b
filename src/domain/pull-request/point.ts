import { withoutOtherCommands } from './commands-for-bots.ts';
import { commandIn } from './comment-command.ts';
import type { FeedbackItem } from './feedback.ts';
import { findsNothing } from './no-findings.ts';
import { asksNothing } from './rights.ts';

/** What somebody says to the agent: without commands to Coppice, and without a person's commands to other programs. */
export function pointOf(item: FeedbackItem): FeedbackItem {
  const text = commandIn(item.text)?.rest ?? item.text;
  return { ...item, text: item.bot ? text : withoutOtherCommands(text) };
}

/** Whether there is nothing to do about a point. A request for changes is one without a word. */
export const needsNoTurn = (point: FeedbackItem): boolean =>
  (point.text === '' && point.kind !== 'review') ||
  asksNothing(point) ||
  findsNothing(point) === true;
