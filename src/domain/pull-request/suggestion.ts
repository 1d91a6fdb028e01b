import { isAcknowledgement } from './acknowledgement.ts';
import type { FeedbackItem } from './feedback.ts';

const SUGGESTION = /^ {0,3}```+suggestion[^\n]*\n([\s\S]*?)^ {0,3}```+[ \t]*$/m;

/** The lines that a reviewer suggests, as GitHub's button would commit them; undefined when there are none. */
export function suggestionIn(text: string): string | undefined {
  const lines = SUGGESTION.exec(text.replaceAll('\r\n', '\n'))?.[1];
  return lines === undefined || lines.trim() === '' ? undefined : lines;
}

/** One short sentence on one line, such as "Handle null here:", that asks for nothing further. */
const INTRODUCTION = /^(?!.*\b(?:also|and|too|tests?|then|elsewhere)\b)(?!.*[.!?;]\s+\S).{1,80}$/i;

/** Whether a comment says something beside its suggestion. Whoever commits the suggestion has not done that. */
function saysMore(text: string): boolean {
  const [before = '', after = ''] = text
    .replaceAll('\r\n', '\n')
    .replace(SUGGESTION, '\0')
    .split('\0')
    .map((part) => part.trim());
  const isPolite = (part: string) =>
    part === '' || /^please[.!]?$/i.test(part) || isAcknowledgement(part);
  return !(isPolite(after) && (isPolite(before) || INTRODUCTION.test(before)));
}

/** How many lines before a suggestion must be those of its diff. */
const LINES_BEFORE = 3;

/**
 * Whether a comment is no more than a suggestion, and that stands in its file by now: somebody has committed it. It counts only at its place, after the lines
 * that come before it in the diff, because a line such as `}` stands in many places.
 * @param file its text; null when it is gone
 */
export function isCommitted(
  {
    text,
    outdated,
    hunk,
    line,
    startLine,
  }: Pick<FeedbackItem, 'text' | 'outdated' | 'hunk' | 'line' | 'startLine'>,
  file: string | null,
): boolean {
  const suggested = suggestionIn(text)?.replace(/\n$/, '').split('\n');
  if (!outdated || !suggested || file === null || line === null || saysMore(text)) return false;
  const lines = file.replaceAll('\r\n', '\n').split('\n');
  const first = startLine ?? line;
  const before = linesBefore(hunk, line - first + 1);
  const expected = [...before, ...suggested];
  const standsAt = (start: number) => expected.every((one, index) => lines[start + index] === one);
  // At the beginning of the diff only the line number tells the place.
  if (before.length === 0) return standsAt(first - 1);
  return lines.some((_, start) => standsAt(start));
}

/** The last lines before the commented ones, which end a diff hunk, as they are after the change. */
function linesBefore(hunk: string, commented: number): string[] {
  const after = hunk
    .replaceAll('\r\n', '\n')
    .split('\n')
    .filter((line) => line.startsWith('+') || line.startsWith(' '))
    .map((line) => line.slice(1));
  return after.slice(0, Math.max(0, after.length - commented)).slice(-LINES_BEFORE);
}
