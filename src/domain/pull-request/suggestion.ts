import type { FeedbackItem } from './feedback.ts';

const SUGGESTION = /^ {0,3}```+suggestion[^\n]*\n([\s\S]*?)^ {0,3}```+[ \t]*$/m;

/** The lines that a reviewer suggests, as GitHub's button would commit them; undefined when there are none. */
export function suggestionIn(text: string): string | undefined {
  const lines = SUGGESTION.exec(text.replaceAll('\r\n', '\n'))?.[1];
  return lines === undefined || lines.trim() === '' ? undefined : lines;
}

/** Whether a suggestion stands in its file by now: somebody has committed it. @param file its text; null when it is gone */
export function isCommitted({ text, outdated }: FeedbackItem, file: string | null): boolean {
  const lines = suggestionIn(text);
  if (!outdated || lines === undefined || file === null) return false;
  return `\n${file.replaceAll('\r\n', '\n')}\n`.includes(`\n${lines}`);
}
