import { CoppiceError, type FailureType } from '../domain/failure.ts';
import { oneLine, plainLines } from '../domain/text.ts';

/** How much of git's output a failure carries, in characters. */
const TAIL = 2_000;

/** The world's trouble, or another git command's lock or half-made worktree: the same command may succeed later. */
const PASSING =
  /could not resolve (host|proxy)|connection (refused|reset|timed out|closed)|operation timed out|failed to connect|couldn't connect|network is unreachable|no route to host|remote end hung up|early eof|rpc failed|unexpected disconnect|returned error: (408|429|5\d\d)|gnutls|ssl_|temporary failure|temporarily unavailable|cannot lock ref|could not lock|\.lock': file exists|bad object worktrees\//i;

const REFUSED =
  /authentication failed|permission denied \(|could not read (username|password)|returned error: 40[13]|repository '?http\S* not found|access denied|permission to \S+ denied/i;

const DISK_FULL = /no space left on device|disk quota exceeded/i;

/** How a git command ended. */
export interface GitExit {
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A git command that will not succeed by itself. Its message names the command; the details are what git said. */
export class GitFailure extends CoppiceError {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;

  constructor(type: FailureType, message: string, exit: GitExit & { readonly exitCode: number }) {
    super(type, message, tail(exit.stderr || exit.stdout));
    this.name = 'GitFailure';
    this.exitCode = exit.exitCode;
    this.stdout = exit.stdout;
    this.stderr = exit.stderr;
  }
}

/** The error of a failed command: a `GitFailure`, or an ordinary error when trying again may help. */
export function gitError(command: string, exit: GitExit): Error {
  const { exitCode, stderr } = exit;
  if (exitCode === undefined) return new Error(`git ${command} was killed`);
  const said = oneLine(lastLine(stderr), 300);
  if (REFUSED.test(stderr)) {
    const advice = 'check that your login or token may read and write this repository';
    return new GitFailure('Unauthorized', `git ${command} was refused (${said}): ${advice}`, {
      ...exit,
      exitCode,
    });
  }
  if (DISK_FULL.test(stderr))
    return new GitFailure('DiskFull', `git ${command} failed (${said}): free some space`, {
      ...exit,
      exitCode,
    });
  if (PASSING.test(stderr)) return new Error(`git ${command} failed: ${said}`);
  return new GitFailure('GitFailed', `git ${command} failed: ${said || `exit ${exitCode}`}`, {
    ...exit,
    exitCode,
  });
}

/** The line that says what happened: the first of git's own complaints, or else the last line. */
function lastLine(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => !/^(hint:.*|\s*)$/.test(line));
  return lines.find((line) => /^(fatal|error): /.test(line)) ?? lines.at(-1) ?? '';
}

export const tail = (text: string): string => plainLines(text).slice(-TAIL);
