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
 * A process that both cleared its environment and left its parents is not found.
 */
export function members(marks: Marks): ProcessIdentity[] {
  const seen = process.platform === 'linux' ? seenInProc(marks) : seenByPs(marks);
  return family(seen)
    .filter((pid) => pid !== process.pid)
    .flatMap((pid) => identify(pid) ?? []);
}

function family(seen: readonly Seen[]): number[] {
  const children = Map.groupBy(seen, ({ parent }) => parent);
  const found = new Set(seen.filter(({ marked }) => marked).map(({ pid }) => pid));
  // A set visits what is added while it is walked.
  for (const pid of found) for (const child of children.get(pid) ?? []) found.add(child.pid);
  return [...found];
}

function seenInProc(marks: Marks, names = readdirSync('/proc')): Seen[] {
  const wanted = Object.entries(marks).map(([name, value]) => `${name}=${value}`);
  return names
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const pid = Number(name);
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
  (process.platform !== 'linux' || seenInProc(marks, [String(pid)]).some(({ marked }) => marked));
