import type { Reading } from '../adapters/adapter.ts';
import { prepareOwnDirectory } from '../adapters/report.ts';
import { attemptsOf } from './attempt.ts';
import { workedIn } from './clock.ts';
import { conclude, type NextAttempt } from './conclusion.ts';
import { readEnding, recordEnding } from './ending.ts';
import { isSuperseded, type Occupant, type Occupying, occupy } from './occupancy.ts';
import { Detached, type Turn, type TurnEnding, type TurnPorts } from './ports.ts';
import { readJournal } from './reading.ts';
import { knownCost } from './spending.ts';
import { removeAbandonedLocks, removeStaleLocks } from './stale-locks.ts';
import { stopTurn } from './stop-turn.ts';
import { claimAttempt, launch } from './supervisor.ts';
import { stop, watch } from './watch.ts';

/**
 * Runs a turn to its end, or joins a running one. There may be any number of watchers in any number of
 * processes, and they may be killed. At most one agent works at a time, and an interrupted turn is resumed in
 * the agent's own conversation.
 * @throws Detached when asked to leave
 */
export async function driveTurn(turn: Turn, ports: TurnPorts): Promise<TurnEnding> {
  await takeWorktree(turn, ports);
  for (;;) {
    const ended = readEnding(ports.turns, turn.id);
    if (ended) return ended;
    const attempts = attemptsOf(ports.turns, turn.id);
    const last = attempts.at(-1);
    if (!last) {
      if (!(await begin(turn, ports, { number: 1, ...turn }))) return stopTurn(turn, ports);
      continue;
    }
    const limit = turn.timeout * 1_000 - workedIn(attempts.slice(0, -1));
    const earlier = attempts.slice(0, -1).map((one) => readJournal(one, ports.adapter));
    const isOverBudget = (reading: Reading) => leftOf(turn, ports, [...earlier, reading]) <= 0;
    const timeouts = { limit, idleTimeout: turn.idleTimeout * 1_000, isOverBudget };
    const state = await watch(last, timeouts, ports);
    // Processes that the agent left running could still write in the worktree.
    await stop(last, ports.grace);
    removeStaleLocks(turn, last);
    const next = await conclude(attempts, state, turn, ports);
    if ('outcome' in next) return recordEnding(ports.turns, turn.id, next, ports.env);
    if (!(await begin(turn, ports, next))) return stopTurn(turn, ports);
  }
}

/**
 * Makes a turn that has not begun the occupant of its worktree. Processes of an earlier occupant are ended,
 * such as the agent of a session that was reset or terminated.
 */
export async function takeWorktree(turn: TurnAt, ports: TakingPorts): Promise<void> {
  const { turns, signal, onProgress } = ports;
  if (readEnding(turns, turn.id) || attemptsOf(turns, turn.id).length > 0) return;
  await unlessLeft(
    signal,
    occupy(occupantOf(turn), {
      ...placeOf(turn, ports),
      onWait: () =>
        onProgress({
          activity: 'waits until the terminal in its worktree is closed',
          journalBytes: 0,
        }),
    }),
  );
}

type TurnAt = Pick<Turn, 'id' | 'worktree'>;
type TakingPorts = Pick<TurnPorts, 'turns' | 'grace' | 'signal' | 'onProgress'>;

const occupantOf = ({ id }: TurnAt): Occupant => ({ kind: 'turn', id });

const placeOf = ({ worktree }: TurnAt, { turns, grace, signal }: TakingPorts): Occupying => ({
  ...{ turns, worktree, grace, signal },
});

/** The remaining cost limit of the turn in US dollars, after the cost that its attempts have reported. */
const leftOf = (
  turn: Turn,
  { turns }: Pick<TurnPorts, 'turns'>,
  readings: readonly Reading[],
): number =>
  turn.costLimit === undefined
    ? Number.POSITIVE_INFINITY
    : turn.costLimit - (knownCost(readings, turns, turn) ?? 0);

/**
 * Starts an attempt, unless another watcher has started it.
 * @returns false when the worktree has another occupant now
 */
async function begin(turn: Turn, ports: TurnPorts, next: NextAttempt): Promise<boolean> {
  const { adapter, turns, env, signal } = ports;
  const prompt = await unlessLeft(signal, ports.prompt(next.number > 1));
  const confine = await ports.sandbox?.();
  if (isSuperseded(occupantOf(turn), placeOf(turn, ports))) return false;
  await occupy(occupantOf(turn), placeOf(turn, ports));
  prepareOwnDirectory(turn.worktree);
  removeAbandonedLocks(turn);
  const { resume, conversation } = next;
  const how = { adapter: adapter.name, resume };
  const earlier = attemptsOf(turns, turn.id).map((one) => readJournal(one, adapter));
  const attempt = claimAttempt(turns, turn.id, next.number, how, prompt);
  if (!attempt) return true;
  const {
    program,
    args,
    env: own,
  } = adapter.command({
    ...turn,
    costLimit: turn.costLimit && Math.max(0, leftOf(turn, ports, earlier)),
    resume,
    conversation,
    sandboxed: confine !== undefined,
  });
  const argv = [program, ...args];
  await launch(attempt, turn.worktree, confine?.(attempt.directory, argv) ?? argv, {
    ...env,
    ...own,
  });
  return true;
}

/**
 * Waits for a promise that may take long, such as an answer from GitHub, but only until the watcher is asked
 * to leave.
 * @throws Detached
 */
async function unlessLeft<T>(signal: AbortSignal, awaited: Promise<T>): Promise<T> {
  const left = new Promise<never>((_, reject) => {
    const leave = () => reject(new Detached(signal.reason));
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
  return Promise.race([left, awaited]);
}
