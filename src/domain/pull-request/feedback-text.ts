import { MAX_CONTEXT, type QuestionInput } from '../session/turn.ts';
import { plainLines } from '../shared/text.ts';
import type { CheckFailure } from './checks.ts';
import type { FeedbackItem } from './feedback.ts';

/** As much as one turn is told, in characters; what is beyond it stays behind the links. */
const MAX_WORDS = 60_000;

/** Whether all of it is told in one turn, beside what is said of failed checks. */
export const fitsInTurn = (
  items: readonly FeedbackItem[],
  failures: readonly CheckFailure[] = [],
): boolean =>
  items.reduce(
    (sum, item) => sum + heading(item).length + item.text.length + item.hunk.length + 200,
    checkWords(failures).join('\n\n').length,
  ) < MAX_WORDS;

const checkWords = (failures: readonly CheckFailure[]): string[] =>
  failures.map(({ name, url, excerpt }) => `The check "${name}" failed (${url}):\n${excerpt}`);

const KIND = {
  review: 'asked for changes',
  thread: 'wrote',
  comment: 'commented',
  dequeued: 'took it out of the merge queue',
  assigned: 'assigned it',
  unassigned: 'unassigned it',
} as const;

/** What a pull request tells the agent, each point under the id its answer names. It stands in a fence: it is data. */
export function feedbackText(
  failures: readonly CheckFailure[],
  items: readonly FeedbackItem[],
): string {
  const points = [
    ...items.map(
      (item, index) =>
        `[${item.id}] ${heading(item)}:\n${item.text}${leftOut(item)}${diffOf(item, items.slice(0, index))}`,
    ),
    ...checkWords(failures),
  ];
  const words = plainLines(points.join('\n\n'));
  if (words.length <= MAX_WORDS) return words;
  return `${words.slice(0, MAX_WORDS)}\n\n[Cut here: there is more on the pull request.]`;
}

/** A question with the comments it came up at, for the person who is to decide. */
export function aboutFeedback(
  question: QuestionInput,
  items: readonly FeedbackItem[],
): QuestionInput {
  if (items.length === 0) return question;
  const context = [question.context ?? '', feedbackText([], items)].filter((text) => text !== '');
  return { ...question, context: context.join('\n\n').slice(0, MAX_CONTEXT) };
}

function heading({ kind, author, path, line, startLine, outdated, url }: FeedbackItem): string {
  const lines =
    line === null
      ? ''
      : startLine === null || startLine === line
        ? ` line ${line}`
        : ` lines ${startLine} to ${line}`;
  const location = path === null ? '' : ` on ${path}${lines}${outdated ? ', changed since' : ''}`;
  return `@${author} ${KIND[kind]}${location} (${url})`;
}

const leftOut = ({ hidden = [] }: FeedbackItem): string =>
  hidden.length === 0
    ? ''
    : `\n[Left out here, because readers do not see it: ${hidden.join(', ')}.]`;

/** The diff that a point is about. In a thread it stands once, at the first of its comments. */
const diffOf = ({ hunk, thread }: FeedbackItem, before: readonly FeedbackItem[]): string =>
  hunk === '' || before.some((other) => other.thread === thread && other.hunk === hunk)
    ? ''
    : `\nIt is about:\n${hunk}`;
