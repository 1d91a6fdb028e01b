import { stringify } from 'yaml';
import type { z } from 'zod';

const THINGS: Record<string, string> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a section of keys',
};

const thing = (name: string): string => THINGS[name] ?? name;

/** How the given value would look as a list. Most values that should be lists are their only item. */
function exampleOf({ expected, input }: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidType>): string {
  if (expected !== 'array' || (typeof input !== 'string' && typeof input !== 'number')) return '';
  return `, such as [${flow(input)}]`;
}

/** Within brackets, where commas separate. */
const flow = (item: string | number): string =>
  stringify([item], { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false })
    .trim()
    .slice(1, -1)
    .slice(0, 80);

/** A problem in coppice.yaml in a person's words; undefined where zod's or the schema's own will do. */
export function wording(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === null) return 'has no value: give it one or remove the line';
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${thing(issue.expected)}${exampleOf(issue)}`;
    case 'invalid_value':
      return `expected one of ${issue.values.join(', ')}`;
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`
        : 'must not be empty';
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `must be at most ${issue.maximum}`
        : `must not be longer than ${issue.maximum}`;
    case 'invalid_format':
      return issue.format === 'regex' ? `must match ${issue.pattern}` : undefined;
    case 'invalid_key':
      return issue.issues[0]?.message;
    default:
      return undefined;
  }
}
