import { readFileSync, type Stats, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { stopwatch } from '../../process/awake.ts';
import type { Attempt } from './attempt.ts';

/**
 * How long an attempt has been watched, and how long its agent has now been silent, both in milliseconds
 * during which the machine was awake.
 */
const Clock = z.object({
  worked: z.number().nonnegative(),
  silent: z.number().nonnegative(),
  /** Sizes and times of the output files at that moment. */
  output: z.string(),
});
type Clock = z.infer<typeof Clock>;

/** How often the clock is written for later watchers, in milliseconds. */
const NOTE = 1_000;

const UNSEEN: Clock = { worked: 0, silent: 0, output: '' };

const fileOf = ({ directory }: Attempt): string => join(directory, 'clock');

function noted(attempt: Attempt): Clock {
  try {
    return Clock.parse(JSON.parse(readFileSync(fileOf(attempt), 'utf8')));
  } catch {
    return UNSEEN; // nobody has watched it yet, or a crash damaged the file: then the agent gets more time
  }
}

function note(attempt: Attempt, clock: Clock): void {
  try {
    writeFileSync(fileOf(attempt), JSON.stringify(clock), { mode: 0o600 });
  } catch {
    // The disk may be full. This watcher still has the times in memory.
  }
}

/** How long the attempts were watched together, in milliseconds. */
export const workedIn = (attempts: readonly Attempt[]): number =>
  attempts.reduce((sum, attempt) => sum + noted(attempt).worked, 0);

/**
 * Returns a function that measures the times, starting from those of earlier watchers. It must be called
 * regularly, because the time between two calls counts.
 */
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
