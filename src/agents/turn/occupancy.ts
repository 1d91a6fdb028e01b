import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { isRunning, ProcessIdentity } from '../../process/identity.ts';
import { type Marks, members } from '../../process/members.ts';
import { stopAll } from '../../process/stop.ts';
import { createWhole, writeWholeSync } from '../../state/files/whole-file.ts';
import { INSIDE } from '../sandbox/confine.ts';
import { attemptsOf, fence, isOver, markStopped, stateOf } from './attempt.ts';

/*
 * The occupant of a worktree: one turn, one list of the person's commands, or one terminal at a time,
 * whatever a client has done to the workflow. In `<turns>/.worktrees/`, one file for each worktree has the
 * occupant's id in its first line. A new occupant first writes its id, and then ends the processes of the one
 * before. A process that is started for an occupant compares the id only when it runs. So if two occupants
 * come at the same moment, one sees the other's id, or the other one ends its processes.
 */

const Occupant = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('turn'), id: z.string() }),
  z.object({ kind: z.literal('commands'), id: z.string() }),
  /** `holder` is the process of `coppice attach`, which a person uses. */
  z.object({ kind: z.literal('terminal'), id: z.string(), holder: ProcessIdentity }),
]);
export type Occupant = z.infer<typeof Occupant>;

export interface Occupying {
  /** Directory of all turns of this host. */
  readonly turns: string;
  readonly worktree: string;
  /** Milliseconds between SIGTERM and SIGKILL for processes that are ended. */
  readonly grace: number;
  readonly signal?: AbortSignal | undefined;
  /** Called repeatedly while a person uses a terminal in the worktree. */
  readonly onWait?: () => void;
}

/** How often Coppice checks whether the terminal is still in use, in milliseconds. */
const POLL = 500;

/** Environment variables that mark an agent in a worktree, in a turn or in a terminal. */
export const marksOfAgentIn = (worktree: string): Marks => ({ COPPICE_AGENT_IN: worktree });

/** Environment variables that mark commands of an occupant. */
export const marksOfCommands = (id: string): Marks => ({ COPPICE_COMMANDS_RUN: id });

const directoryOf = (turns: string): string => join(turns, '.worktrees');

const keyOf = (worktree: string): string =>
  createHash('sha256').update(worktree).digest('hex').slice(0, 32);

/** The file whose first line is the occupant's id. */
export const occupantFile = (turns: string, worktree: string): string =>
  join(directoryOf(turns), keyOf(worktree));

/**
 * This file exists while commands or a terminal are running. Processes that finished commands left in the
 * background may stay.
 */
const runningFile = (turns: string, { id }: Occupant): string =>
  join(directoryOf(turns), `running-${id}`);

/**
 * The occupant of a worktree; undefined when there is none, or its record is damaged. Then running processes
 * are found only by their marks.
 */
function occupantOf(turns: string, worktree: string): Occupant | undefined {
  try {
    const [, record = ''] = readFileSync(occupantFile(turns, worktree), 'utf8').split('\n');
    return Occupant.parse(JSON.parse(record));
  } catch {
    return undefined;
  }
}

/**
 * Makes this the occupant of a worktree. It returns when no process of another occupant runs there any more.
 */
export async function occupy(occupant: Occupant, location: Occupying): Promise<void> {
  const { turns, worktree } = location;
  let before = occupantOf(turns, worktree);
  if (before?.id === occupant.id) return;
  while (before?.kind === 'terminal' && isAtWork(before, turns)) {
    location.onWait?.();
    await sleep(POLL, undefined, { signal: location.signal });
    before = occupantOf(turns, worktree);
  }
  mkdirSync(directoryOf(turns), { recursive: true, mode: 0o700 });
  writeWholeSync(occupantFile(turns, worktree), `${occupant.id}\n${JSON.stringify(occupant)}\n`);
  await endOthers(before, location);
}

/** Ends the processes in a worktree whose session has ended. A terminal that a person uses stays. */
export async function vacate(location: Occupying): Promise<void> {
  const before = occupantOf(location.turns, location.worktree);
  if (before?.kind === 'terminal' && isAtWork(before, location.turns)) return;
  await endOthers(before, location);
}

async function endOthers(
  before: Occupant | undefined,
  { turns, worktree, grace }: Occupying,
): Promise<void> {
  if (before?.kind === 'turn') {
    const last = attemptsOf(turns, before.id).at(-1);
    if (last && !isOver(stateOf(last))) markStopped(last, 'cancelled');
    if (last) fence(last);
  }
  const unfinished = before?.kind === 'commands' && isAtWork(before, turns);
  const all = [marksOfAgentIn(worktree), ...(unfinished ? [marksOfCommands(before.id)] : [])];
  const find = (more: Marks) => all.flatMap((marks) => members({ ...marks, ...more }));
  await stopAll(
    () => find({}),
    grace,
    () => find(INSIDE),
  );
  if (before) rmSync(runningFile(turns, before), { force: true });
}

/**
 * Whether commands or a terminal are running. After a crash, commands count as running until the next
 * occupant ends them.
 */
function isAtWork(occupant: Exclude<Occupant, { kind: 'turn' }>, turns: string): boolean {
  const isAlive = occupant.kind === 'commands' || isRunning(occupant.holder);
  return isAlive && existsSync(runningFile(turns, occupant));
}

/**
 * Whether another occupant has the worktree now, so that this one must stop. Terminals and commands that have
 * ended do not count.
 */
export function isSuperseded({ id }: Occupant, { turns, worktree }: Occupying): boolean {
  const now = occupantOf(turns, worktree);
  if (now === undefined || now.id === id) return false;
  return now.kind === 'turn' || isAtWork(now, turns);
}

/** Runs `work` as the occupant of a worktree. */
export async function asOccupant<T>(
  occupant: Exclude<Occupant, { kind: 'turn' }>,
  location: Occupying,
  work: () => Promise<T>,
): Promise<T> {
  mkdirSync(directoryOf(location.turns), { recursive: true, mode: 0o700 });
  const running = runningFile(location.turns, occupant);
  createWhole(running, '');
  try {
    await occupy(occupant, location);
    return await work();
  } finally {
    rmSync(running, { force: true });
  }
}

/** A command line that runs only if its occupant still has the worktree when the command starts. */
export const ifStillOccupant = (
  { id }: Occupant,
  { turns, worktree }: Occupying,
  argv: readonly string[],
): string[] => ['/bin/sh', '-c', GUARD, 'sh', occupantFile(turns, worktree), id, ...argv];

const GUARD = 'read -r occupant <"$1" && [ "$occupant" = "$2" ] || exit 1; shift 2; exec "$@"';
