import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { addCheckRun, completeCheckRun, type EmulatedCheckRun } from './checks.ts';
import { GIT_ENVIRONMENT, git } from './git.ts';
import { type EmulatedRepository, openPulls, type State } from './state.ts';

/** A CI that really runs: a command in a checkout of each commit that is the head of an open pull request. */
export interface Ci {
  /** Of its check run. */
  readonly name: string;
  /** Program and arguments, run at the top of the checkout. */
  readonly command: readonly [string, ...string[]];
}

export interface CiRunner {
  /** Starts what has not been started: call it when a head may have moved. */
  consider(repository: EmulatedRepository): void;
  /** Starts a check of a commit that is no pull request's head. */
  check(repository: EmulatedRepository, sha: string): void;
  /** Runs a job again. */
  rerun(repository: EmulatedRepository, check: EmulatedCheckRun): void;
  /** Resolves when nothing runs. */
  idle(): Promise<void>;
  /** Ends what runs. */
  stop(): Promise<void>;
}

/** @param onEnd is called when a run has ended */
export function createCiRunner(state: State, onEnd: () => void): CiRunner {
  const running = new Set<Promise<void>>();
  const ended = new AbortController();

  function begin(repository: EmulatedRepository, ci: Ci, check: EmulatedCheckRun): void {
    const run = runIn(repository, ci, check, ended.signal).finally(() => {
      running.delete(run);
      onEnd();
    });
    running.add(run);
  }

  function check(repository: EmulatedRepository, sha: string): void {
    const { ci } = repository;
    if (!ci) return;
    const known = repository.checkRuns.some((one) => one.sha === sha && one.name === ci.name);
    if (!known) begin(repository, ci, addCheckRun(state, repository, sha, { name: ci.name }));
  }

  return {
    consider(repository) {
      for (const { headSha } of openPulls(repository)) check(repository, headSha);
    },
    check,
    rerun(repository, check) {
      if (repository.ci?.name === check.name) begin(repository, repository.ci, check);
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
    async stop() {
      ended.abort();
      await Promise.all(running);
    },
  };
}

async function runIn(
  { directory }: EmulatedRepository,
  { command: [program, ...args] }: Ci,
  check: EmulatedCheckRun,
  cancelSignal: AbortSignal,
): Promise<void> {
  const parent = await mkdtemp(join(tmpdir(), 'emulator-ci-'));
  const work = join(parent, 'work');
  try {
    await git('/', 'clone', '--quiet', '--no-checkout', directory, work);
    await git(work, 'checkout', '--quiet', '--detach', check.sha);
    const { all, exitCode } = await execa(program, args, {
      ...{ cwd: work, all: true, reject: false, stdin: 'ignore', cancelSignal },
      // Its own test runner must not think that it runs inside another.
      ...{ env: { ...GIT_ENVIRONMENT, CI: 'true', FORCE_COLOR: '1' }, extendEnv: false },
    });
    const log = asActionsLog([program, ...args].join(' '), all, exitCode ?? 1);
    completeCheckRun(check, exitCode === 0 ? 'success' : 'failure', log);
  } catch (error) {
    completeCheckRun(check, 'startup_failure', String(error));
  } finally {
    await rm(parent, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A job's log as Actions keeps it: times, groups, and the steps before and after the one that counts. */
export function asActionsLog(command: string, output: string, exitCode: number): string {
  const lines = [
    ...['##[group]Runner Image', 'Image: ubuntu-24.04', '##[endgroup]'],
    ...[`##[group]Run ${command}`, `\u001b[36;1m${command}\u001b[0m`, '##[endgroup]'],
    ...output.split('\n'),
    ...(exitCode === 0 ? [] : [`##[error]Process completed with exit code ${exitCode}.`]),
    ...['Post job cleanup.', '##[group]Cleaning up', 'Temporarily overriding HOME', '##[endgroup]'],
    'Cleaning up orphan processes',
  ];
  const time = new Date().toISOString().replace('Z', '0000Z');
  return lines.map((line) => `${time} ${line}\n`).join('');
}
