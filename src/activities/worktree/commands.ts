import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Confine, INSIDE } from '../../agents/sandbox/confine.ts';
import { refusalsIn } from '../../agents/sandbox/refusals.ts';
import { asOccupant, ifStillOccupant, marksOfCommands } from '../../agents/turn/occupancy.ts';
import type { SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { plainLines } from '../../domain/shared/text.ts';
import { sleepAwake } from '../../process/awake.ts';
import { type Marks, members } from '../../process/members.ts';
import { stopAll } from '../../process/stop.ts';
import { withTemporary } from '../../process/temporary.ts';
import { redactFile } from '../../secrets/redact-file.ts';
import type { Home } from '../../state/home.ts';
import { type PortRange, portRange, portVariables } from '../../state/port-ranges.ts';
import type { CommandEnvironment } from './command-environment.ts';

/** Marks the processes of a worktree's commands. */
const MARK = 'COPPICE_COMMANDS';

/** Milliseconds between SIGTERM and SIGKILL. */
const GRACE = 3_000;

/** How much of a failed command's output is reported, in characters. The log file has all of it. */
const TAIL = 2_000;

export interface Commands {
  /** The state directory, in which the session's ports are recorded. */
  readonly home: Home;
  readonly location: SessionLocation;
  readonly commands: readonly string[];
  /** Seconds for each command. */
  readonly timeout: number;
  /** The file to which the commands' output is written. */
  readonly log: string;
  readonly signal: AbortSignal;
  readonly environment: CommandEnvironment;
  /** Runs them in a sandbox. Its files are written to `own`, a directory of Coppice. */
  readonly sandbox?: { readonly confine: Confine; readonly own: string } | undefined;
}

export interface CommandFailure {
  readonly command: string;
  /** What happened, as a phrase that follows the command's name: `failed with exit code 1`. */
  readonly problem: string;
  /** The end of its output. */
  readonly tail: string;
}

/**
 * Runs the person's commands one after the other with the shell, in the worktree, with the variables that
 * coppice.yaml permits. After each command, secrets among these are redacted in its output. Processes that a
 * command starts in the background keep running, unless a command fails, takes too long, is cancelled or runs
 * in the sandbox. Processes of an interrupted earlier attempt are stopped first.
 * @returns the first command that failed, which is also the last that ran; undefined when all succeeded
 * @throws WorktreeLost
 */
export async function runCommands(given: Commands): Promise<CommandFailure | undefined> {
  const { home, location, signal } = given;
  if (!existsSync(location.worktree))
    throw new CoppiceError(
      'WorktreeLost',
      `${location.worktree} does not exist any more, so commands can’t run there`,
    );
  const where = { turns: home.turns, worktree: location.worktree, grace: GRACE, signal };
  const occupant = { kind: 'commands', id: randomUUID() } as const;
  const marks = marksOfCommands(occupant.id);
  const guard = (argv: readonly string[]) => ifStillOccupant(occupant, where, argv);
  return asOccupant(occupant, where, () => runAll(given, { marks, guard }));
}

/** How commands are marked and guarded while they occupy the worktree. */
interface Occupation {
  readonly marks: Marks;
  guard(argv: readonly string[]): string[];
}

async function runAll(
  given: Commands,
  occupation: Occupation,
): Promise<CommandFailure | undefined> {
  const { location, commands, log, signal, sandbox } = given;
  const marks = { [MARK]: location.worktree };
  const stop = () =>
    stopAll(
      () => members(marks),
      GRACE,
      () => members({ ...marks, ...INSIDE }),
    );
  await stop();
  await mkdir(dirname(log), { recursive: true });
  const file = await open(log, 'w');
  try {
    for (const command of commands) {
      const start = (await file.stat()).size;
      await file.write(`$ ${command}\n`);
      const problem = await run(command, given, occupation, file.fd);
      redactFile(log, start, given.environment.secrets);
      if (problem === undefined) continue;
      await stop();
      signal.throwIfAborted();
      const output = (await readFile(log)).subarray(start).toString('utf8');
      const refused = sandbox ? refusalsIn(sandbox.own) : '';
      const tail = `${plainLines(output).slice(-TAIL)}\n${refused}`.trim().slice(-TAIL);
      return { command, problem, tail };
    }
    return undefined;
  } finally {
    await file.close();
  }
}

/**
 * Runs one command.
 * @returns what went wrong; undefined when it succeeded
 */
async function run(
  command: string,
  { home, location, timeout, signal, sandbox, environment }: Commands,
  { marks, guard }: Occupation,
  output: number,
): Promise<string | undefined> {
  const shell = ['/bin/sh', '-c', command];
  const [program = '', ...args] = guard(sandbox?.confine(sandbox.own, shell) ?? shell);
  const child = spawn(program, args, {
    cwd: location.worktree,
    env: {
      ...withTemporary(environment.variables),
      ...own(location, await portRange(home, location)),
      ...marks,
    },
    stdio: ['ignore', output, output],
    // It gets a process group of its own, so that Ctrl-C in the worker's terminal reaches only the worker.
    detached: true,
  });
  // Coppice waits for the exit and not for the end of the output, because a background process may hold the
  // output open.
  const ended = once(child, 'exit').then(([code, killer]) => {
    if (code === 0) return undefined;
    return killer ? `was ended by ${killer}` : `failed with exit code ${code}`;
  });
  const waiting = new AbortController();
  const limit = sleepAwake(timeout * 1_000, AbortSignal.any([signal, waiting.signal])).then(
    () => `took longer than ${timeout} s`,
    () => 'was cancelled',
  );
  try {
    return await Promise.race([ended, limit]);
  } finally {
    waiting.abort();
  }
}

function own({ worktree, checkout, issue }: SessionLocation, ports: PortRange): NodeJS.ProcessEnv {
  return {
    COPPICE_CHECKOUT: checkout,
    COPPICE_ISSUE: String(issue),
    ...portVariables(ports),
    [MARK]: worktree,
  };
}
