import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { identify, type ProcessIdentity, statFields } from './identity.ts';

/** Environment variables that mark a process, and everything it starts. */
export type Marks = Readonly<Record<string, string>>;

interface Seen {
  readonly pid: number;
  readonly parent: number;
  readonly marked: boolean;
}

/**
 * The processes started with all of `marks` in their environment, and all their descendants; never the caller itself.
 * A process that both cleared its environment and left its parents is not found; see `membersOfSession`.
 */
export function members(marks: Marks): ProcessIdentity[] {
  return family(seenWith(marks))
    .filter((pid) => pid !== process.pid)
    .flatMap((pid) => identify(pid) ?? []);
}

/** The processes started with all of `marks` in their environment, without the others that they started. */
export function startedWith(marks: Marks): ProcessIdentity[] {
  return seenWith(marks)
    .filter(({ pid, marked }) => marked && pid !== process.pid)
    .flatMap(({ pid }) => identify(pid) ?? []);
}

const seenWith = (marks: Marks): Seen[] =>
  process.platform === 'linux' ? seenInProc(marks) : seenByPs(marks);

/**
 * Linux only: what runs in the session of a process that ended at a time, in milliseconds since 1970, and was started before that;
 * with its descendants. As long as that process lived its pid was the session's and nobody else's, whatever was started in it
 * cleared from its environment.
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

/** Of a second, as `/proc` counts on every Linux there is. */
export const TICKS = 100;

const pids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

function family(seen: readonly Seen[]): number[] {
  const children = Map.groupBy(seen, ({ parent }) => parent);
  const found = new Set(seen.filter(({ marked }) => marked).map(({ pid }) => pid));
  // A set visits what is added while it is walked.
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

/** Where there is no /proc: `ps` shows the environment behind the command, on macOS of one's own programs only. */
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

/** Whether the process with this pid now is one marked so; where environments are hidden, whether there is one at all. */
export const isMember = (pid: number, marks: Marks): boolean =>
  identify(pid) !== undefined &&
  (process.platform !== 'linux' || seenInProc(marks, [pid]).some(({ marked }) => marked));
