import { type ChildProcess, type Serializable, spawn } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { identify, isRunning, type ProcessIdentity } from './identity.ts';
import { stopAll } from './stop.ts';

/** A log that has grown beyond this many bytes makes way for a new one when a program starts. */
const MAX_LOG = 5 * 1024 * 1024;

export interface LoggedOptions {
  /** File that the program's output is added to. */
  readonly log: string;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Whether it is a Node.js program that talks to us by `process.send`. */
  readonly ipc?: boolean;
}

export interface LoggedChild {
  readonly process: ChildProcess;
  readonly identity: ProcessIdentity;
  /** Resolves when the program has ended, with how: `ended with code 1`. */
  readonly ended: Promise<string>;
  /** What it has written so far; of use while it starts, for a log is begun anew when it grows. */
  output(): string;
  /** SIGTERM, after `grace` milliseconds SIGKILL; resolves when it has ended. */
  stop(grace: number): Promise<void>;
}

/**
 * Starts a program in a session of its own, so that neither Ctrl-C nor the end of our terminal reaches it. It writes to
 * its log directly: it goes on when we are killed.
 */
export function spawnLogged(
  command: string,
  args: readonly string[],
  { log, env, cwd, ipc = false }: LoggedOptions,
): LoggedChild {
  rotate(log);
  const output = openSync(log, 'a', 0o600);
  try {
    const start = fstatSync(output).size;
    const child = spawn(command, args, {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', output, output, ...(ipc ? (['ipc'] as const) : [])],
    });
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(`could not be started: ${error.message}`));
      child.once('exit', (code, signal) =>
        resolve(signal ? `was killed by ${signal}` : `ended with code ${code}`),
      );
    });
    // A program may be over before it can be looked at.
    const identity = identify(child.pid ?? 0) ?? { pid: child.pid ?? 0, started: '' };
    return {
      process: child,
      identity,
      ended,
      output: () => readFileSync(log).subarray(start).toString(),
      stop: async (grace) => {
        await stopProcess(identity, grace);
        await ended;
      },
    };
  } finally {
    closeSync(output);
  }
}

/** Resolves when the program sends a message; rejects with what `failure` makes of its end, if that comes first. */
export async function firstMessage(
  { process, ended }: LoggedChild,
  failure: (how: string) => Error,
): Promise<Serializable> {
  const message = new Promise<Serializable>((resolve) => process.once('message', resolve));
  // A last message may still be on its way when the program's end is known.
  const end = ended.then(
    (how) => new Promise<never>((_, reject) => setImmediate(reject, failure(how))),
  );
  return Promise.race([message, end]);
}

export const stopProcess = (identity: ProcessIdentity, grace: number): Promise<void> =>
  stopAll(() => (isRunning(identity) ? [identity] : []), grace);

/**
 * Makes room in a log that a program still writes to: what is there is copied aside, and the file emptied under it, for
 * programs add to their logs' ends.
 */
export function shorten(log: string, most = MAX_LOG): void {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= most) return;
  copyFileSync(log, `${log}.1`);
  truncateSync(log);
}

function rotate(log: string): void {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  if (size > MAX_LOG) renameSync(log, `${log}.1`);
}
