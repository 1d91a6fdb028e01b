import { parseIssueReference, parsePullRequestUrl } from '../../domain/shared/issue.ts';
import type { RepositoryName } from '../../domain/shared/repository.ts';
import { oneLine } from '../../domain/shared/text.ts';
import { expandRanges } from './ranges.ts';

/** A person's order that one issue comes after others, written as `127:126` or `127:126,125`. */
export interface RequestedOrder {
  readonly issue: number;
  readonly after: readonly number[];
}

export interface References {
  /** The issues as the person typed them, including repeated ones. */
  readonly issues: readonly { readonly number: number; readonly repository?: RepositoryName }[];
  readonly order: readonly RequestedOrder[];
  /** What could not be parsed, one line each. */
  readonly mistakes: readonly string[];
}

/** Parses the issues and the order of a run that a person typed, and reports everything that is neither. */
export function parseReferences(issues: readonly string[], order: readonly string[]): References {
  const mistakes: string[] = [];
  return {
    issues: expandRanges(issues).flatMap((text) => {
      const reference = parseIssueReference(text);
      if (!reference) mistakes.push(notAnIssue(text));
      return reference ?? [];
    }),
    order: order.flatMap((text) => {
      const entry = parseOrder(text);
      if (!entry)
        mistakes.push(`--after ${quoted(text)} is not an order: 127:126 means #127 after #126`);
      return entry ?? [];
    }),
    mistakes,
  };
}

export const notAnIssue = (text: string): string =>
  parsePullRequestUrl(text)
    ? `${quoted(text)} is a pull request: give the issue that it is for`
    : `${quoted(text)} is not an issue: give a number, a range (1-3), owner/name#number or an issue's URL`;

const quoted = (text: string): string => `"${oneLine(text, 60)}"`;

function parseOrder(text: string): RequestedOrder | undefined {
  const [issue, list, ...rest] = text.split(':').map((part) => part.trim());
  if (issue === undefined || list === undefined || rest.length > 0) return undefined;
  const numbers = [issue, ...list.split(',')].map((part) => bareNumber(part.trim()));
  const [first, ...after] = numbers;
  return first === undefined || after.some((number) => number === undefined)
    ? undefined
    : { issue: first, after: after.filter((number) => number !== undefined) };
}

function bareNumber(text: string): number | undefined {
  const reference = parseIssueReference(text);
  return reference?.repository === undefined ? reference?.number : undefined;
}
