import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { CoppiceError } from '../domain/failure.ts';
import { oneLine } from '../domain/text.ts';
import { Config } from './schema.ts';
import { suggestKey } from './suggest.ts';
import { wording } from './wording.ts';

interface Problem {
  /** Where in the text, counted in characters from its start. */
  readonly offset: number;
  readonly text: string;
}

/**
 * Reads the text of a coppice.yaml; `file` is its name in messages.
 * @throws CoppiceError InvalidConfig, one line for each problem: `file:line:column: key: what is wrong`
 */
export function parseConfig(text: string, file: string): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
  });
  const problems = document.errors.map(({ message, pos }) => ({ offset: pos[0], text: message }));
  if (problems.length > 0) throw invalid(problems, file, lines);
  const parsed = Config.safeParse(plain(document, file), { error: wording });
  if (parsed.success) return parsed.data;
  throw invalid(
    parsed.error.issues.flatMap((issue) => problemsOf(issue, document)),
    file,
    lines,
  );
}

function plain(document: Document, file: string): unknown {
  try {
    return document.toJS() ?? {};
  } catch (error) {
    // Aliases that expand without end, or that name nothing.
    throw new CoppiceError('InvalidConfig', `${file}: ${(error as Error).message}`);
  }
}

function problemsOf(issue: z.core.$ZodIssue, document: Document): Problem[] {
  const path = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys')
    return [{ offset: valueAt(document, issue.path), text: labelled(path, issue.message) }];
  return issue.keys.map((key) => {
    const hint = suggestKey(path, key);
    return {
      offset: keyAt(document, path, key),
      text: labelled([...path, key], `unknown key${hint && `; ${hint}`}`),
    };
  });
}

const labelled = (path: readonly string[], text: string): string =>
  path.length === 0 ? text : `${oneLine(path.join('.'), 80)}: ${text}`;

/** Where the value stands, or, when it is missing, the nearest section around it. */
function valueAt(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function keyAt(document: Document, path: readonly string[], key: string): number {
  const section = path.length === 0 ? document.contents : document.getIn(path, true);
  const pair = isMap(section)
    ? section.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
    : undefined;
  return isScalar(pair?.key) ? (pair.key.range?.[0] ?? 0) : valueAt(document, path);
}

function invalid(problems: readonly Problem[], file: string, lines: LineCounter): CoppiceError {
  const located = problems
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ offset, text }) => {
      // An empty file has no lines to count; its only place is the start.
      const { line, col } = lines.linePos(offset);
      return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}: ${text}`;
    });
  const [only] = located;
  return located.length === 1 && only !== undefined
    ? new CoppiceError('InvalidConfig', only)
    : new CoppiceError(
        'InvalidConfig',
        `${file} has ${located.length} problems`,
        located.join('\n'),
      );
}
