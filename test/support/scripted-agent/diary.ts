import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/*
 * What agents write of themselves, one JSON object a line, so that it can be told afterwards what they were told, what they
 * committed, and whether two of them were at one issue at once. Whoever reads it needs to know nothing of Coppice.
 */

/** A process, and when it started: pids are given again. */
interface Living {
  readonly pid: number;
  readonly started: string;
}

const {
  SCRIPTED_AGENT_DIARY: file,
  COPPICE_TURN: turn = '',
  COPPICE_TURN_KIND: kind,
} = process.env;

/** @returns when a process started, in ticks; undefined when there is none, or it has ended and waits for its parent */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function write(entry: Readonly<Record<string, unknown>>): void {
  if (file === undefined) return;
  const at = new Date().toISOString();
  appendFileSync(file, `${JSON.stringify({ at, turn, pid: process.pid, ...entry })}\n`);
}

/** Agents of the same issue that are alive beside this one. */
function others(issue: string): number[] {
  if (file === undefined || !existsSync(file)) return [];
  const begun = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"began"'))
    .map((line) => JSON.parse(line) as Living & { readonly issue: string });
  return begun
    .filter((one) => one.issue === issue && one.pid !== process.pid)
    .filter(({ pid, started }) => startOf(pid) === started)
    .map(({ pid }) => pid);
}

export function began(issue: string, prompt: string): void {
  write({ what: 'began', issue, kind, started: startOf(process.pid), prompt });
  write({ what: 'beside', issue, others: others(issue) });
}

/** @param patch its patch id: what a rebase keeps of it */
export const committed = (issue: string, commit: string, patch: string): void =>
  write({ what: 'committed', issue, commit, patch });

export const ended = (issue: string): void => write({ what: 'ended', issue });
