import { readFileSync, type Stats, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { stopwatch } from '../../process/awake.ts';
import type { Attempt } from './attempt.ts';

/**
 * How long an attempt has been watched, and how long of that time its agent has been silent. Both in milliseconds
 * that the machine was awake.
 */
const Clock = z.object({
  worked: z.number().nonnegative(),
  silent: z.number().nonnegative(),
  /** What it had written by then. */
  output: z.string(),
});
type Clock = z.infer<typeof Clock>;

/** The interval between two records for later watchers, in milliseconds. */
const NOTE = 1_000;

const UNSEEN: Clock = { worked: 0, silent: 0, output: '' };

const fileOf = ({ directory }: Attempt): string => join(directory, 'clock');

function noted(attempt: Attempt): Clock {
  try {
    return Clock.parse(JSON.parse(readFileSync(fileOf(attempt), 'utf8')));
  } catch {
    return UNSEEN; // nobody has watched it for long, or a crash damaged the note: the agent is given more time
  }
}

function note(attempt: Attempt, clock: Clock): void {
  try {
    writeFileSync(fileOf(attempt), JSON.stringify(clock), { mode: 0o600 });
  } catch {
    // On a full disk, say: this watcher knows it all the same.
  }
}

/** Milliseconds that attempts were watched at work. */
export const workedIn = (attempts: readonly Attempt[]): number =>
  attempts.reduce((sum, attempt) => sum + noted(attempt).worked, 0);

/** Continues from the records of earlier watchers. It must be read continuously. */
export function clockOf(attempt: Attempt): (outputs: readonly Stats[]) => Clock {
  let clock = noted(attempt);
  let notedAt = clock.worked;
  let last = 0;
  const awake = stopwatch();
  return (outputs) => {
    const now = awake();
    const output = outputs.map(({ size, mtimeMs }) => `${size} ${mtimeMs}`).join();
    const passed = now - last;
    last = now;
    const silent = output === clock.output ? clock.silent + passed : 0;
    clock = { worked: clock.worked + passed, silent, output };
    if (clock.worked >= notedAt + NOTE) {
      note(attempt, clock);
      notedAt = clock.worked;
    }
    return clock;
  };
}
