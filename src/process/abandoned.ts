import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { statFields } from './identity.ts';
import { bootedAt, TICKS } from './members.ts';

/** Facts that tell whether a process can still hold one of git's lock files. Times are in milliseconds since 1970. */
export interface Holders {
  readonly now: number;
  /** When the machine was started. */
  readonly booted: number;
  /** When each git process that runs now was started, no matter which user started it. */
  readonly started: readonly number[];
}

/** Tolerance in milliseconds: the clocks are not read at the same moment, and they have a coarse resolution. */
const SLACK = 2_000;

/** Programs other than git, such as an editor's git integration, hold a lock for less than this. In milliseconds. */
const MOMENT = 60_000;

/**
 * Whether no running process can have made a lock: the lock is older than the machine's start, or older than every running git process.
 */
export function isAbandoned({ now, booted, started }: Holders, madeAt: number): boolean {
  if (madeAt < booted - SLACK) return true;
  return now - madeAt > MOMENT && started.every((at) => at > madeAt + SLACK);
}

/** Removes a lock file if no running process can hold it. @returns whether it was removed */
export function removeAbandoned(path: string): boolean {
  const lock = lstatSync(path, { throwIfNoEntry: false });
  if (!lock?.isFile() || !isAbandoned(holders(), lock.mtimeMs)) return false;
  rmSync(path, { force: true });
  console.error(`coppice: ${path} was left by a git that was killed, and is removed`);
  return true;
}

const holders = (): Holders => (process.platform === 'linux' ? holdersInProc() : holdersByPs());

/** Matches `git`, its helpers such as `git-remote-https`, and programs of others that wrap git. */
const GIT = /git/i;

function holdersInProc(): Holders {
  const booted = bootedAt();
  const started = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const ticks = GIT.test(commandOf(pid)) ? statFields(Number(pid))?.[19] : undefined;
      return ticks === undefined ? [] : [booted + (Number(ticks) * 1_000) / TICKS];
    });
  return { now: Date.now(), booted, started };
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8');
  } catch {
    return ''; // it has ended
  }
}

function holdersByPs(): Holders {
  const now = Date.now();
  const env = { ...process.env, LC_ALL: 'C' };
  const table = execFileSync('ps', ['-axo', 'lstart=,comm='], { encoding: 'utf8', env });
  const lines = table
    .split('\n')
    .map((line) => /^\s*(\S+ +\S+ +\d+ +[\d:]+ +\d+)\s+(.*)$/.exec(line));
  const all = lines.flatMap((found) =>
    found ? [{ at: Date.parse(found[1] ?? ''), command: found[2] ?? '' }] : [],
  );
  const started = all.filter(({ command }) => GIT.test(command)).map(({ at }) => at);
  // The first process is as old as the machine's start.
  return { now, booted: Math.min(...all.map(({ at }) => at)), started };
}
