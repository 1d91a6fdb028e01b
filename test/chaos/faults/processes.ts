import { readFileSync } from 'node:fs';
import { statFields } from '../../../src/process/identity.ts';
import { type Stage, serviceParts } from '../world/stage.ts';
import type { Victim } from './schedule.ts';

/** Words in the command lines of processes that have no record. */
const COMMANDS = {
  supervisor: /turn\/supervisor\.sh/,
  agent: /scripted-agent\/main\.ts/,
  temporal: /server start-dev/,
} as const;

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // It has ended meanwhile.
  }
};

const withCommand = (stage: Stage, pattern: RegExp): number[] =>
  stage.processes().filter((pid) => pattern.test(commandOf(pid)));

/** @param pick which of several, from 0 to 1; undefined when there is none */
export function victimOf(stage: Stage, what: Victim, pick: number): number | undefined {
  const parts = serviceParts(stage);
  const candidates = {
    worker: () => [parts.worker],
    service: () => [parts.service],
    // Its door, or the server behind it.
    temporal: () => [parts.temporal, ...withCommand(stage, COMMANDS.temporal)],
    supervisor: () => withCommand(stage, COMMANDS.supervisor),
    agent: () =>
      // Supervisors have their agent's words in their command lines too.
      withCommand(stage, COMMANDS.agent).filter((pid) => !COMMANDS.supervisor.test(commandOf(pid))),
  }[what]();
  const there = candidates.filter((pid) => pid !== undefined);
  return there[Math.floor(pick * there.length)];
}

/** @returns false when there was none to get it */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** Kills every process, whatever starts meanwhile. */
export function killAll(stage: Stage): number {
  let killed = 0;
  for (let pids = stage.processes(); pids.length > 0; pids = stage.processes())
    for (const pid of pids) if (signal(pid, 'SIGKILL')) killed += 1;
  return killed;
}

export const isStopped = (pid: number): boolean => statFields(pid)?.[0] === 'T';

export const isGone = (pid: number): boolean =>
  ['Z', 'X', undefined].includes(statFields(pid)?.[0]);
