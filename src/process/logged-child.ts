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

/** Size in bytes from which a log is renamed when a program starts, so that a new log begins. */
const MAX_LOG = 5 * 1024 * 1024;

export interface LoggedOptions {
  /** File to which the program's output is appended. */
  readonly log: string;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Whether it is a Node.js program that talks to us by `process.send`. */
  readonly ipc?: boolean;
}

export interface LoggedChild {
  readonly process: ChildProcess;
  readonly identity: ProcessIdentity;
  /** Resolves when the program has ended, with a text such as `ended with code 1`. */
  readonly ended: Promise<string>;
  /** What the program has written so far. Use it only while the program starts, because a long log is begun anew later. */
  output(): string;
  /** Sends SIGTERM, and after `grace` milliseconds SIGKILL. Resolves when the program has ended. */
  stop(grace: number): Promise<void>;
}

/**
 * Starts a program in a process session of its own, so that neither Ctrl-C nor the end of this terminal reaches it. The program
 * writes to its log directly, so it continues when this process is killed.
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
    // The program may end before its identity can be read.
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

/** Resolves with the program's first message. If the program ends before, it rejects with the error that `failure` makes of that end. */
export async function firstMessage(
  { process, ended }: LoggedChild,
  failure: (how: string) => Error,
): Promise<Serializable> {
  const message = new Promise<Serializable>((resolve) => process.once('message', resolve));
  // A message may arrive after the exit is known, so the rejection waits for one turn of the event loop.
  const end = ended.then(
    (how) => new Promise<never>((_, reject) => setImmediate(reject, failure(how))),
  );
  return Promise.race([message, end]);
}

export const stopProcess = (identity: ProcessIdentity, grace: number): Promise<void> =>
  stopAll(() => (isRunning(identity) ? [identity] : []), grace);

/**
 * Shortens a log that a program still writes to. The content is copied to another file and the log is emptied in place, which
 * works because programs append to their logs.
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
