import { type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { members, membersOfSession } from '../../process/members.ts';
import { stopAll } from '../../process/stop.ts';
import type { Reading } from '../adapters/adapter.ts';
import { INSIDE } from '../sandbox/confine.ts';
import {
  type Attempt,
  type AttemptEnd,
  fence,
  isOver,
  markStopped,
  marksOf,
  stateOf,
  supervisorOf,
} from './attempt.ts';
import { clockOf } from './clock.ts';
import { redactor } from './environment.ts';
import { Journal } from './journal.ts';
import { Detached, type LeaveReason, type TurnPorts } from './ports.ts';
import { activityOf, inTool, NOTHING_READ, readFurther } from './reading.ts';

/** How often an attempt is checked, in milliseconds. */
const POLL = 100;

export interface TurnTimeouts {
  /** How long the agent may work in the attempt, in milliseconds during which the machine is awake. */
  readonly limit: number;
  /** How long the agent may be silent, in milliseconds during which the machine is awake. */
  readonly idleTimeout: number;
  /** Whether the turn has reached its cost limit, from what the attempt has reported so far. */
  isOverBudget(reading: Reading): boolean;
}

/**
 * How many checks in a row must be over the cost limit before the agent is stopped. Some agents report their
 * cost last, and write their outcome right after it.
 */
const LOOKS = 3;

/**
 * The factor by which a tool call may be silent longer than the agent itself, for example a build or a test
 * run.
 */
const TOOL = 3;

/** How much an agent may print in an attempt, in bytes. An agent that prints more will not stop by itself. */
const MAX_PRINTED = 1024 ** 3;

/**
 * Watches an attempt until it ends, and stops it when it exceeds a limit.
 * @throws Detached when asked to leave
 */
export async function watch(
  attempt: Attempt,
  { limit, idleTimeout, isOverBudget }: TurnTimeouts,
  { adapter, env, signal, grace, onProgress }: TurnPorts,
): Promise<AttemptEnd> {
  const journal = new Journal(join(attempt.directory, 'journal'));
  const redact = redactor(env);
  const clock = clockOf(attempt);
  let reading = NOTHING_READ;
  let looksOver = 0;
  for (;;) {
    const state = stateOf(attempt);
    if (isOver(state)) return state;
    reading = readFurther(reading, journal.lines(), adapter);
    onProgress({ activity: redact(activityOf(reading)), journalBytes: journal.bytes });
    // The agent is stopped only between two tool calls, so that no tool is interrupted.
    const mayStop = !reading.result && !inTool(reading) && isOverBudget(reading);
    looksOver = mayStop ? looksOver + 1 : 0;
    const written = outputs(attempt);
    const { worked, silent } = clock(written);
    if (signal.aborted) await leave(attempt, signal.reason, grace);
    else if (worked >= limit) markStopped(attempt, 'timed out');
    else if (silent >= idleTimeout * (inTool(reading) ? TOOL : 1)) markStopped(attempt, 'stalled');
    else if (looksOver >= LOOKS) markStopped(attempt, 'over budget');
    else if (printed(written) > MAX_PRINTED) markStopped(attempt, 'printed more than 1 GB');
    else await sleep(POLL);
  }
}

/** All bytes that were printed, including those that were removed again. */
const printed = (written: readonly Stats[]): number =>
  written.reduce((sum, { size }) => sum + size, 0);

const outputs = ({ directory }: Attempt): Stats[] =>
  ['journal', 'stderr'].flatMap(
    (name) => statSync(join(directory, name), { throwIfNoEntry: false }) ?? [],
  );

async function leave(attempt: Attempt, reason: LeaveReason, grace: number): Promise<never> {
  if (reason !== 'superseded') {
    markStopped(attempt, reason);
    await stop(attempt, grace);
  }
  throw new Detached(reason);
}

/**
 * Ends all processes of an attempt, and makes sure that none starts later.
 * @param grace milliseconds between SIGTERM and SIGKILL
 */
export async function stop(attempt: Attempt, grace: number): Promise<void> {
  fence(attempt);
  const marks = marksOf(attempt);
  const ended = supervisorOf(attempt);
  await stopAll(
    () => [...members(marks), ...(ended ? membersOfSession(ended.pid, ended.at) : [])],
    grace,
    () => members({ ...marks, ...INSIDE }),
  );
}
