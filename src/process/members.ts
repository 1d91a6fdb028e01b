import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { identify, type ProcessIdentity, statFields } from './identity.ts';

/** Environment variables that mark a process and every process that it starts. */
export type Marks = Readonly<Record<string, string>>;

interface Seen {
  readonly pid: number;
  readonly parent: number;
  readonly marked: boolean;
}

/**
 * Finds the processes that were started with all of `marks` in their environment, and all of their descendants, but never the caller.
 * A process that has both cleared its environment and left its parents is not found; see `membersOfSession`.
 */
export function members(marks: Marks): ProcessIdentity[] {
  return family(seenWith(marks))
    .filter((pid) => pid !== process.pid)
    .flatMap((pid) => identify(pid) ?? []);
}

/** Finds the processes that were started with all of `marks` in their environment, without their unmarked descendants. */
export function startedWith(marks: Marks): ProcessIdentity[] {
  return seenWith(marks)
    .filter(({ pid, marked }) => marked && pid !== process.pid)
    .flatMap(({ pid }) => identify(pid) ?? []);
}

const seenWith = (marks: Marks): Seen[] =>
  process.platform === 'linux' ? seenInProc(marks) : seenByPs(marks);

/**
 * Linux only: finds the processes in the process session of a leader that has ended, with their descendants. Only processes that
 * were started before `ended` (milliseconds since 1970) count, because until then no other session can have had the leader's pid.
 * This also finds processes that have cleared their environment.
 */
export function membersOfSession(leader: number, ended: number): ProcessIdentity[] {
  if (process.platform !== 'linux') return [];
  const booted = bootedAt();
  const seen = pids().flatMap((pid) => {
    const fields = statFields(pid);
    if (!fields) return [];
    const startedAt = booted + (Number(fields[19]) * 1_000) / TICKS;
    const marked = Number(fields[3]) === leader && startedAt < ended;
    return [{ pid, parent: Number(fields[1]), marked }];
  });
  return family(seen).flatMap((pid) => identify(pid) ?? []);
}

/** When the machine was started, in milliseconds since 1970. */
export const bootedAt = (): number =>
  Date.now() - Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1_000;

/** Clock ticks per second in `/proc`; this is 100 on every Linux. */
export const TICKS = 100;

const pids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

function family(seen: readonly Seen[]): number[] {
  const children = Map.groupBy(seen, ({ parent }) => parent);
  const found = new Set(seen.filter(({ marked }) => marked).map(({ pid }) => pid));
  // Iterating over a set also visits the elements that are added on the way.
  for (const pid of found) for (const child of children.get(pid) ?? []) found.add(child.pid);
  return [...found];
}

function seenInProc(marks: Marks, among = pids()): Seen[] {
  const wanted = Object.entries(marks).map(([name, value]) => `${name}=${value}`);
  return among.flatMap((pid) => {
    const parent = statFields(pid)?.[1];
    if (parent === undefined) return [];
    const environment = environmentOf(pid);
    const marked = wanted.every((assignment) => environment.has(assignment));
    return { pid, parent: Number(parent), marked };
  });
}

function environmentOf(pid: number): ReadonlySet<string> {
  try {
    return new Set(readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0'));
  } catch {
    return new Set(); // ended meanwhile, or another user's
  }
}

/** For systems without /proc. `ps` prints the environment behind the command; macOS does so only for the user's own processes. */
export function seenByPs(marks: Marks): Seen[] {
  const wanted = Object.entries(marks).map(([name, value]) => ` ${name}=${value} `);
  const environment = process.platform === 'darwin' ? 'E' : 'e';
  const output = execFileSync('ps', [`ax${environment}ww`, '-o', 'pid=,ppid=,command='], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  return output.split('\n').flatMap((line) => {
    const [, pid, parent, rest] = /^\s*(\d+)\s+(\d+)\s(.*)$/.exec(line) ?? [];
    if (pid === undefined || rest === undefined) return [];
    const marked = wanted.every((assignment) => ` ${rest} `.includes(assignment));
    return { pid: Number(pid), parent: Number(parent), marked };
  });
}

/** Whether the process with this pid has the marks. Where environments can't be read, whether a process with this pid exists. */
export const isMember = (pid: number, marks: Marks): boolean =>
  identify(pid) !== undefined &&
  (process.platform !== 'linux' || seenInProc(marks, [pid]).some(({ marked }) => marked));
