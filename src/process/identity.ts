import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/**
 * Identifies one process for good. The system uses a pid again after its process has ended, but never the same pid with the same start time.
 * `started` is opaque: boot id and clock ticks on Linux, `ps`'s start time elsewhere.
 */
export const ProcessIdentity = z.object({ pid: z.int(), started: z.string() }).readonly();
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

/** @returns undefined when no such process runs; a zombie counts as ended */
export function identify(pid: number): ProcessIdentity | undefined {
  const started = process.platform === 'linux' ? startedOnLinux(pid) : startedByPs(pid);
  return started === undefined ? undefined : { pid, started };
}

export const isRunning = (identity: ProcessIdentity): boolean =>
  identify(identity.pid)?.started === identity.started;

let bootId: string | undefined;

function startedOnLinux(pid: number): string | undefined {
  const fields = statFields(pid);
  if (fields === undefined || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${bootId}/${fields[19]}`;
}

/**
 * Linux only: what `/proc/<pid>/stat` tells from the state on (the third field, see proc(5)): state, parent's pid, …
 * @returns undefined when there is no such process, or it ended while being read
 */
export function statFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command before it, in parentheses, may hold spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function startedByPs(pid: number): string | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, LC_ALL: 'C' },
    }).trim();
    return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
  } catch {
    return undefined; // ps exits 1 when there is no such process
  }
}
