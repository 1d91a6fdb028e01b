import { CommanderError } from '@commander-js/extra-typings';
import { CoppiceError } from '../domain/shared/failure.ts';
import { oneLine, plainLines } from '../domain/shared/text.ts';

export const EXIT = { ok: 0, failure: 1, usage: 2, interrupted: 130 } as const;

/** The command line itself is wrong; nothing was done. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** A command can't do what was asked, with each reason in one line. */
export class Refusal extends Error {
  readonly problems: readonly string[];

  constructor(message: string, problems: readonly string[] = []) {
    super(message);
    this.name = 'Refusal';
    this.problems = problems;
  }
}

/** The person left with Ctrl-C: at a question, or while a command showed something. */
export class Interrupted extends Error {
  constructor(message = 'you left: nothing was done') {
    super(message);
    this.name = 'Interrupted';
  }
}

export interface Report {
  readonly exitCode: number;
  /** Empty when everything was printed already. */
  readonly text: string;
}

/** The message of an error for a person, and its exit code. The stack is shown only with `debug`. */
export function report(error: unknown, debug: boolean): Report {
  if (error instanceof CommanderError)
    return { exitCode: error.exitCode === 0 ? EXIT.ok : EXIT.usage, text: '' };
  const exitCode = exitCodeOf(error);
  const text = [`coppice: ${headline(error)}`, ...details(error).map((line) => `  ${line}`)];
  if (debug) text.push(plainLines(stackOf(error)));
  return { exitCode, text: text.join('\n') };
}

function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return EXIT.interrupted;
  return error instanceof UsageError ? EXIT.usage : EXIT.failure;
}

/** Errors whose message is written for a person, by name. */
const EXPECTED = new Set([
  'UsageError',
  'Refusal',
  'Interrupted',
  'ClientError',
  'TransientError',
  'RateLimited',
  'Unreachable',
  'ServiceError',
  'LockedError',
]);

function headline(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  const message = oneLine(`${error.message}${serverSaid(error)}`, 2_000) || error.name;
  // The system's own errors (no space, no permission) name what and where.
  const expected = error instanceof CoppiceError || EXPECTED.has(error.name) || 'syscall' in error;
  return expected ? message : `${message} (this was not expected; --debug shows where)`;
}

/** Temporal's SDK says only that something failed, "Failed to describe workflow"; its cause has what the server said. */
function serverSaid({ cause }: Error): string {
  const said = cause instanceof Error && 'details' in cause ? cause.details : undefined;
  return typeof said === 'string' && said !== '' ? `: ${said}` : '';
}

function details(error: unknown): readonly string[] {
  const lines =
    error instanceof Refusal
      ? error.problems
      : error instanceof CoppiceError && error.details !== ''
        ? plainLines(error.details).split('\n')
        : [];
  return lines.map((line) => oneLine(line, 500));
}

const stackOf = (error: unknown): string => {
  if (!(error instanceof Error)) return '';
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? ''}${cause}`;
};
