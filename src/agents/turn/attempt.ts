import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AgentSettings } from '../../domain/settings/agent-settings.ts';
import { identify, isRunning, ProcessIdentity } from '../../process/identity.ts';
import { isMember, type Marks } from '../../process/members.ts';
import { createWhole } from '../../state/files/whole-file.ts';

/**
 * One start of an agent for a turn: `<home.turns>/<turn id>/attempt-<number>/` with the files
 *
 *     start.json        which process started it, and how
 *     prompt            the agent's standard input
 *     journal, stderr   its output and errors; when there is much, only its beginning and end, see supervisor.sh
 *     gate              created once, by the supervisor with its pid before it starts the agent, or by `fence`; after a
 *                       fence no agent starts in this attempt
 *     stopped           why Coppice stopped it; the agent's final message is then ignored
 *     clock             how long it was watched, see clock.ts
 *     exit              the agent's exit code, written last
 */
export interface Attempt {
  readonly turnId: string;
  readonly number: number;
  readonly directory: string;
  readonly start: AttemptStart;
}

const AttemptStart = z.object({
  launcher: ProcessIdentity,
  adapter: AgentSettings.shape.adapter.removeDefault(),
  resume: z.boolean(),
  /** ISO 8601. */
  startedAt: z.iso.datetime(),
});
export type AttemptStart = z.infer<typeof AttemptStart>;

const StopReason = z.enum([
  'interrupted',
  'cancelled',
  'timed out',
  'stalled',
  'over budget',
  'printed more than 1 GB',
]);
export type StopReason = z.infer<typeof StopReason>;

/** How an attempt ended. */
export type AttemptEnd =
  | { readonly is: 'ended'; readonly code: number }
  | { readonly is: 'stopped'; readonly reason: StopReason }
  | { readonly is: 'lost' };

export type AttemptState = AttemptEnd | { readonly is: 'starting' | 'running' };

export const isOver = (state: AttemptState): state is AttemptEnd =>
  state.is !== 'starting' && state.is !== 'running';

/** How long a live launcher may wait before it opens the gate, in milliseconds. */
const LAUNCH_TIMEOUT = 30_000;

const FENCED = 'fenced';

/**
 * The attempts of a turn on this host, in order.
 * @param turns the directory of all turns
 */
export function attemptsOf(turns: string, turnId: string): Attempt[] {
  const turn = join(turns, turnId);
  return namesIn(turn)
    .flatMap((name) => /^attempt-(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
    .map((number) => {
      const directory = join(turn, `attempt-${number}`);
      return { turnId, number, directory, start: startOf(directory) };
    });
}

/**
 * Reads `start.json`. A power cut may leave it empty. Then the launching process does not run any more, and
 * the journal has the output.
 */
function startOf(directory: string): AttemptStart {
  try {
    return AttemptStart.parse(JSON.parse(readFileSync(join(directory, 'start.json'), 'utf8')));
  } catch {
    const startedAt = statSync(directory).mtime.toISOString();
    return { launcher: NOBODY, adapter: 'command', resume: false, startedAt };
  }
}

const NOBODY: ProcessIdentity = { pid: 0, started: '' };

/** Environment variables that mark every process of the attempt. */
export const marksOf = ({ turnId, number }: Attempt): Marks => ({
  COPPICE_TURN: turnId,
  COPPICE_ATTEMPT: String(number),
});

/** Closes the gate if it isn't open. No agent starts in this attempt afterwards. */
export function fence(attempt: Attempt): void {
  create(attempt, 'gate', FENCED);
}

/** Records that Coppice stops the attempt, unless it has ended by itself. The first recorded reason stays. */
export function markStopped(attempt: Attempt, reason: StopReason): void {
  if (contentOf(attempt, 'exit') !== undefined) return;
  create(attempt, 'stopped', reason);
}

/** The state of an attempt, from its files and the running processes. */
export function stateOf(attempt: Attempt): AttemptState {
  const stopped = contentOf(attempt, 'stopped');
  // If a power cut left the file without a reason, the conversation is resumed.
  if (stopped !== undefined)
    return { is: 'stopped', reason: StopReason.safeParse(stopped).data ?? 'interrupted' };
  const gate = contentOf(attempt, 'gate');
  if (gate === undefined) return { is: isLaunching(attempt) ? 'starting' : 'lost' };
  // The order matters: the supervisor records the exit before it ends, so whether it runs is checked first.
  const alive = gate !== FENCED && isMember(Number(gate), marksOf(attempt));
  const exit = contentOf(attempt, 'exit');
  if (exit !== undefined && /^\d+$/.test(exit)) return { is: 'ended', code: Number(exit) };
  return { is: alive ? 'running' : 'lost' };
}

/**
 * The pid of the supervisor that recorded the exit, and when, in milliseconds since 1970; undefined when
 * there is no exit, or it was recorded before the machine's last start.
 */
export function supervisorOf(attempt: Attempt): { pid: number; at: number } | undefined {
  const exit = statSync(join(attempt.directory, 'exit'), { throwIfNoEntry: false });
  const pid = Number(contentOf(attempt, 'gate'));
  const isSameBoot = bootOf(attempt.start.launcher) === bootOf(identify(process.pid) ?? NOBODY);
  return exit && pid > 0 && isSameBoot ? { pid, at: exit.mtimeMs } : undefined;
}

const bootOf = ({ started }: ProcessIdentity): string | undefined => started.split('/')[0];

/** Whether an agent may have started in the attempt. */
export function wasOpened(attempt: Attempt): boolean {
  const gate = contentOf(attempt, 'gate');
  return gate !== undefined && gate !== FENCED;
}

function isLaunching({ start }: Attempt): boolean {
  return isRunning(start.launcher) && Date.now() < Date.parse(start.startedAt) + LAUNCH_TIMEOUT;
}

/** Makes a file with its content in one step, unless it exists. */
function create({ directory }: Attempt, name: string, content: string): void {
  createWhole(join(directory, name), content);
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
