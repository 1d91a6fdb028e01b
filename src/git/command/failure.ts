import { CoppiceError, type FailureType, TransientError } from '../../domain/shared/failure.ts';
import { oneLine, plainLines } from '../../domain/shared/text.ts';
import { isLockedByAnother } from './locks.ts';
import { isNetworkError } from './network.ts';

/** How much of git's output a failure carries, in characters. */
const TAIL = 2_000;

const REFUSED =
  /authentication failed|permission denied \(|could not read (username|password)|returned error: 40[13]|repository '?http\S* not found|access denied|permission to \S+ denied/i;

/**
 * Failures that may pass by themselves: GitHub sometimes answers so by mistake, or in the minute after a
 * login was changed.
 */
const MAY_PASS = /returned error: 403/i;

/** What git says of a repository of another user. */
const DISTRUSTED = /detected dubious ownership in repository at '([^'\n]+)'/;

const DISK_FULL = /no space left on device|disk quota exceeded/i;

/** How a git command ended. */
export interface GitExit {
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A git command that failed for a reason that does not pass by itself. The message names the command; the details are
 * git’s output.
 */
export class GitFailure extends CoppiceError {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;

  constructor(
    type: FailureType,
    message: string,
    exit: GitExit & { readonly exitCode: number },
    mayPass = false,
  ) {
    super(type, message, tail(exit.stderr || exit.stdout), mayPass);
    this.name = 'GitFailure';
    this.exitCode = exit.exitCode;
    this.stdout = exit.stdout;
    this.stderr = exit.stderr;
  }
}

/** The error of a failed command: a `GitFailure`, or a `TransientError`. */
export function gitError(command: string, exit: GitExit): GitFailure | TransientError {
  const { exitCode, stderr } = exit;
  if (exitCode === undefined) return new TransientError(`git ${command} was killed`);
  const ended = { ...exit, exitCode };
  const said = oneLine(lastLine(stderr), 300);
  if (REFUSED.test(stderr)) {
    const advice = 'check that your login or token may read and write this repository';
    const message = `git ${command} was refused (${said}): ${advice}`;
    return new GitFailure('Unauthorized', message, ended, MAY_PASS.test(stderr));
  }
  const distrusted = DISTRUSTED.exec(stderr)?.[1];
  if (distrusted !== undefined) {
    const allow = `git config --global --add safe.directory '${distrusted}'`;
    const message = `git does not trust ${distrusted}, because it belongs to another user: if you do, run ${allow}`;
    return new GitFailure('GitFailed', message, { exitCode, stdout: '', stderr: '' });
  }
  if (DISK_FULL.test(stderr))
    return new GitFailure('DiskFull', `git ${command} failed (${said}): free some space`, ended);
  if (isNetworkError(stderr) || isLockedByAnother(stderr))
    return new TransientError(`git ${command} failed: ${said}`);
  const message = `git ${command} failed: ${said || `exit ${exitCode}`}`;
  return new GitFailure('GitFailed', message, ended, true);
}

/** The line that best explains the failure: git’s first complaint, or else the last line. */
function lastLine(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => !/^(hint:.*|\s*)$/.test(line));
  return lines.find((line) => /^(fatal|error): /.test(line)) ?? lines.at(-1) ?? '';
}

/** The end of git's output, as plain text, for the details of a failure. */
export const tail = (text: string): string => plainLines(text).slice(-TAIL);
