import { randomUUID } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentSettings } from '../domain/agent-settings.ts';
import { isRunning, type ProcessIdentity } from '../process/identity.ts';
import { isMember, type Marks } from '../process/members.ts';

/**
 * One start of an agent for a turn: `<home.turns>/<turn id>/attempt-<number>/` with the files
 *
 *     start.json        who launched it, and how
 *     prompt            the agent's standard input
 *     journal, stderr   its output and errors; of much, the beginning and the end, see supervisor.sh
 *     gate              made by whoever comes first: the supervisor, with its pid, before it starts the agent; or the
 *                       fence, after which no agent starts in this attempt
 *     stopped           why Coppice stops it; its agent's last words then count for nothing
 *     exit              the agent's exit code, recorded last
 */
export interface Attempt {
  readonly turnId: string;
  readonly number: number;
  readonly directory: string;
  readonly start: AttemptStart;
}

export interface AttemptStart {
  readonly launcher: ProcessIdentity;
  readonly adapter: AgentSettings['adapter'];
  readonly resume: boolean;
  /** ISO 8601. */
  readonly startedAt: string;
}

export type StopReason =
  | 'interrupted'
  | 'cancelled'
  | 'timed out'
  | 'stalled'
  | 'over budget'
  | 'printed more than 1 GB';

/** How an attempt ended. */
export type AttemptEnd =
  | { readonly is: 'ended'; readonly code: number }
  | { readonly is: 'stopped'; readonly reason: StopReason }
  | { readonly is: 'lost' };

export type AttemptState = AttemptEnd | { readonly is: 'starting' | 'running' };

export const isOver = (state: AttemptState): state is AttemptEnd =>
  state.is !== 'starting' && state.is !== 'running';

/** How long a live launcher may leave a gate unopened, in milliseconds. */
const LAUNCH_PATIENCE = 30_000;

const FENCED = 'fenced';

export function attemptsOf(turns: string, turnId: string): Attempt[] {
  const turn = join(turns, turnId);
  return namesIn(turn)
    .flatMap((name) => /^attempt-(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
    .map((number) => {
      const directory = join(turn, `attempt-${number}`);
      const start = JSON.parse(readFileSync(join(directory, 'start.json'), 'utf8'));
      return { turnId, number, directory, start };
    });
}

/** What every process of the attempt carries in its environment. */
export const marksOf = ({ turnId, number }: Attempt): Marks => ({
  COPPICE_TURN: turnId,
  COPPICE_ATTEMPT: String(number),
});

/** Shuts the gate, if it isn't open: no agent starts in this attempt from now on. */
export function fence(attempt: Attempt): void {
  create(attempt, 'gate', FENCED);
}

/** Notes that Coppice stops it. The first reason stays. */
export function markStopped(attempt: Attempt, reason: StopReason): void {
  create(attempt, 'stopped', reason);
}

export function stateOf(attempt: Attempt): AttemptState {
  const stopped = contentOf(attempt, 'stopped');
  if (stopped !== undefined) return { is: 'stopped', reason: stopped as StopReason };
  const gate = contentOf(attempt, 'gate');
  if (gate === undefined) return { is: isLaunching(attempt) ? 'starting' : 'lost' };
  // In this order: an exit is recorded before the supervisor ends.
  const alive = gate !== FENCED && isMember(Number(gate), marksOf(attempt));
  const exit = contentOf(attempt, 'exit');
  if (exit !== undefined) return { is: 'ended', code: Number(exit) };
  return { is: alive ? 'running' : 'lost' };
}

/** Whether an agent may have started in it. */
export function wasOpened(attempt: Attempt): boolean {
  const gate = contentOf(attempt, 'gate');
  return gate !== undefined && gate !== FENCED;
}

function isLaunching({ start }: Attempt): boolean {
  return isRunning(start.launcher) && Date.now() < Date.parse(start.startedAt) + LAUNCH_PATIENCE;
}

/** Makes a file with its content at once, unless it exists. */
function create({ directory }: Attempt, name: string, content: string): void {
  const draft = join(directory, `${name}-${randomUUID()}`);
  writeFileSync(draft, content);
  try {
    linkSync(draft, join(directory, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function contentOf({ directory }: Attempt, name: string): string | undefined {
  try {
    return readFileSync(join(directory, name), 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
