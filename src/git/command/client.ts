import { existsSync } from 'node:fs';
import { simpleGit } from 'simple-git';
import { CoppiceError, TransientError } from '../../domain/shared/failure.ts';
import { passStopPoint } from '../../process/stop-points.ts';
import { GIT_MARK, gitEnvironment } from './environment.ts';
import { GitFailure, gitError } from './failure.ts';
import { type GitDirectories, gitRunFor, gitRunIn } from './git-directories.ts';
import { removeLeftLock } from './locks.ts';
import { losslessBytes, losslessText } from './lossless.ts';

export interface GitOptions {
  /**
   * Configuration for this command. It overrides the repository’s, and is passed in the environment, so it may be
   * secret.
   */
  readonly config?: readonly (readonly [key: string, value: string])[];
  readonly env?: Readonly<Record<string, string>>;
  /** Texts that must not appear in an error. */
  readonly secrets?: readonly string[];
  readonly input?: string;
  /**
   * Whether file names in `input` and in the output are kept even if they are not UTF-8: see `losslessText`.
   */
  readonly names?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** The worktree that this command changes: see `stopInterrupted`. */
  readonly mark?: string;
  /** The git directory to use, whatever git directory belongs to the directory in which git runs. */
  readonly directories?: GitDirectories;
  /** Whether this is a second try, after a lock that blocked the first one was removed. */
  readonly again?: boolean;
}

/**
 * Runs one git command in `directory` and returns what it wrote to stdout, without the last line end.
 * @throws WorktreeLost when there is no such directory; GitFailure; TransientError; the signal's reason when it was
 *   aborted
 */
export async function git(
  directory: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<string> {
  options.signal?.throwIfAborted();
  if (!existsSync(directory))
    throw new CoppiceError(
      'WorktreeLost',
      `${directory} does not exist any more: restore it, or cancel the session that needs it`,
    );
  const { env: directories, sandbox } = options.directories
    ? gitRunFor(options.directories)
    : gitRunIn(directory);
  const env = gitEnvironment(options.config ?? [], {
    ...directories,
    ...(options.mark !== undefined && { [GIT_MARK]: options.mark }),
    ...options.env,
  });
  let exit = { exitCode: 0 as number | undefined, stdout: '', stderr: '' };
  let names = '';
  const { input } = options;
  const client = simpleGit({
    baseDir: directory,
    unsafe: OURS_TO_SET,
    ...(sandbox !== undefined && { binary: ['/bin/sh', sandbox] as [string, string] }),
    allowEnvironment: Object.keys(env),
    ...(options.signal && { abort: options.signal }),
    ...(input !== undefined && { input: () => (options.names ? losslessBytes(input) : input) }),
    errors(error, { exitCode, stdOut, stdErr }) {
      exit = { exitCode: exitCode ?? undefined, stdout: text(stdOut), stderr: text(stdErr) };
      if (options.names) names = losslessText(Buffer.concat(stdOut));
      return exitCode === 0 ? error : (error ?? Buffer.from('failed'));
    },
  }).env(env);
  try {
    passStopPoint(`before git ${commandName(args)}`);
    const output = await client.raw([...args]);
    passStopPoint(`after git ${commandName(args)}`);
    return (options.names ? names : output).replace(/\n$/, '');
  } catch (error) {
    options.signal?.throwIfAborted();
    if (exit.exitCode === 0) throw error;
    if (!options.again && removeLeftLock(exit.stderr, directory)) {
      if (mayRepeat(args)) return git(directory, args, { ...options, again: true });
      throw new TransientError(
        `git ${commandName(args)} failed because of a lock, which is gone now`,
      );
    }
    const masked = (output: string) => mask(output, options.secrets ?? []);
    throw gitError(commandName(args), {
      exitCode: exit.exitCode,
      stdout: masked(exit.stdout),
      stderr: masked(exit.stderr),
    });
  }
}

/**
 * Whether a command exits with code 0 (true) or 1 (false). It is for commands whose exit code is the answer.
 * @throws GitFailure for any other exit code
 */
export async function gitAnswers(
  directory: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<boolean> {
  try {
    await git(directory, args, options);
    return true;
  } catch (error) {
    if (error instanceof GitFailure && error.exitCode === 1) return false;
    throw error;
  }
}

/**
 * simple-git refuses these settings by default. `gitEnvironment` sets them itself, to safe values, so the refusal is
 * switched off.
 */
const OURS_TO_SET = {
  allowUnsafeAlias: true,
  allowUnsafeAskPass: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeCustomBinary: true,
  allowUnsafeEditor: true,
  allowUnsafeExec: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeHooksPath: true,
  allowUnsafePager: true,
  allowUnsafeSshCommand: true,
  allowUnsafeTemplateDir: true,
} as const;

const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString('utf8');

/** An interrupted command of several steps (a rebase, a merge) is continued or aborted by its caller. */
const mayRepeat = (args: readonly string[]): boolean =>
  !['rebase', 'cherry-pick', 'merge', 'am', 'stash', 'worktree add'].includes(commandName(args));

const commandName = (args: readonly string[]): string =>
  args[0] === 'worktree' ? args.slice(0, 2).join(' ') : (args[0] ?? '');

/** The text without the secrets, and without a password in a URL. */
const mask = (output: string, secrets: readonly string[]): string =>
  secrets
    .reduce((masked, secret) => masked.replaceAll(secret, '***'), output)
    .replace(/:\/\/[^/@\s]+@/g, '://***@');
