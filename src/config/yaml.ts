import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { CoppiceError, type FailureType } from '../domain/shared/failure.ts';
import { oneLine } from '../domain/shared/text.ts';
import { strayLine } from './indentation.ts';
import { wording } from './wording.ts';

/** What is wrong with the value at `path`, from the top. */
export interface ValueProblem {
  readonly path: readonly PropertyKey[];
  readonly text: string;
}

export interface Reading<Schema extends z.ZodType> {
  /** The file's name in messages. */
  readonly file: string;
  readonly schema: Schema;
  /** Type of the error that is thrown. */
  readonly failure: FailureType;
  /** What a person probably meant by an unknown key, in words, or nothing. */
  suggest(path: readonly string[], unknown: string): string;
  /** Called with the parsed document before it is validated, to rename former keys. */
  modernize?(document: Document): void;
  /** Problems beyond the schema's, of a value that may break the schema as well. */
  also?(value: unknown): readonly ValueProblem[];
}

interface Problem {
  /** Where in the text, counted in characters from its start. */
  readonly offset: number;
  readonly text: string;
}

/**
 * Reads a YAML text that a person wrote.
 * @throws CoppiceError of the type asked for, one line for each problem: `file:line:column: key: what is wrong`
 */
export function readYaml<Schema extends z.ZodType>(
  text: string,
  { file, schema, failure, suggest, modernize, also = () => [] }: Reading<Schema>,
): z.output<Schema> {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
  });
  const invalid = (problems: readonly Problem[]) => invalidFile(failure, problems, file, lines);
  if (document.errors.length > 0) throw invalid(syntaxProblems(document, text, suggest));
  modernize?.(document);
  const value = plain(document, file, failure);
  const parsed = schema.safeParse(value, { error: wording });
  const others = also(value).map(({ path, text }) => ({ offset: valueAt(document, path), text }));
  if (parsed.success && others.length === 0) return parsed.data;
  const issues = parsed.success ? [] : parsed.error.issues;
  throw invalid([...issues.flatMap((issue) => problemsOf(issue, document, suggest)), ...others]);
}

/** Why the text is not YAML. Where a line is indented without its section, that line is named. */
function syntaxProblems(
  { errors }: Document.Parsed,
  text: string,
  suggest: Reading<z.ZodType>['suggest'],
): Problem[] {
  const stray = strayLine(text);
  if (!stray) return errors.map(({ message, pos }) => ({ offset: pos[0], text: message }));
  const hint = suggest([], stray.key);
  return [
    {
      offset: stray.offset,
      text: `${stray.key}: is indented, and no section stands above it${hint && `; ${hint}`}: put the line of its section back too, or remove the spaces`,
    },
  ];
}

function plain(document: Document, file: string, failure: FailureType): unknown {
  try {
    return document.toJS() ?? {};
  } catch (error) {
    // Aliases that expand without end, or that name nothing.
    throw new CoppiceError(failure, `${file}: ${(error as Error).message}`);
  }
}

function problemsOf(
  issue: z.core.$ZodIssue,
  document: Document,
  suggest: Reading<z.ZodType>['suggest'],
): Problem[] {
  const path = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys')
    return [{ offset: valueAt(document, issue.path), text: labelled(path, issue.message) }];
  return issue.keys.map((key) => {
    const hint = suggest(path, key);
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

function invalidFile(
  failure: FailureType,
  problems: readonly Problem[],
  file: string,
  lines: LineCounter,
): CoppiceError {
  const located = problems
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ offset, text }) => {
      // An empty file has no lines, so its position is the start.
      const { line, col } = lines.linePos(offset);
      return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}: ${text}`;
    });
  const [only] = located;
  return located.length === 1 && only !== undefined
    ? new CoppiceError(failure, only)
    : new CoppiceError(failure, `${file} has ${located.length} problems`, located.join('\n'));
}
