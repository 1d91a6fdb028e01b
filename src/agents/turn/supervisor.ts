import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { identify } from '../../process/identity.ts';
import { flush } from '../../state/files/whole-file.ts';
import { type Attempt, type AttemptStart, fence, marksOf } from './attempt.ts';
import { marksOfAgentIn, occupantFile } from './occupancy.ts';

const SUPERVISOR = fileURLToPath(new URL('./supervisor.sh', import.meta.url));

/**
 * Claims an attempt, and writes its files.
 * @returns undefined when another watcher has claimed it
 */
export function claimAttempt(
  turns: string,
  turnId: string,
  number: number,
  how: Pick<AttemptStart, 'adapter' | 'resume'>,
  prompt: string,
): Attempt | undefined {
  const launcher = identify(process.pid);
  if (!launcher) throw new Error('this process has no identity');
  const start: AttemptStart = { ...how, launcher, startedAt: new Date().toISOString() };
  const turn = join(turns, turnId);
  const draft = join(turn, `draft-${randomUUID()}`);
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  const files = { prompt, journal: '', stderr: '', 'start.json': JSON.stringify(start) };
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(draft, name), text, { mode: 0o600, flush: text !== '' });
  flush(draft);
  const directory = join(turn, `attempt-${number}`);
  try {
    // The rename makes the attempt appear complete, and fails when the name is taken.
    renameSync(draft, directory);
    flush(turn);
    return { turnId, number, directory, start };
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (['ENOTEMPTY', 'EEXIST'].includes(String((error as NodeJS.ErrnoException).code)))
      return undefined;
    throw error;
  }
}

/**
 * Starts the supervisor, which runs independently of this process.
 * @param env the whole environment of the agent, except the marks
 */
export async function launch(
  attempt: Attempt,
  worktree: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const occupant = occupantFile(dirname(dirname(attempt.directory)), worktree);
  const child = spawn('/bin/sh', [SUPERVISOR, attempt.directory, occupant, ...argv], {
    cwd: worktree,
    env: { ...env, ...marksOf(attempt), ...marksOfAgentIn(worktree) },
    detached: true,
    stdio: 'ignore',
  });
  child.unref();
  try {
    await once(child, 'spawn');
  } catch (error) {
    fence(attempt);
    throw error;
  }
}
