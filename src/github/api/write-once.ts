import { setTimeout as sleep } from 'node:timers/promises';
import { TransientError } from '../../domain/shared/failure.ts';
import { RateLimited } from './errors.ts';

/**
 * GitHub may carry out a request some seconds after its connection was lost. These are the pauses between checks
 * whether an unanswered write was carried out, before it is sent again, in milliseconds.
 */
export const LATE: readonly number[] = [500, 1_500, 3_000, 4_000, 6_000];

interface Write<Found> {
  /** What is there of it, the oldest first. */
  find(): Promise<readonly Found[]>;
  write(): Promise<void>;
  /** Removes duplicates. One that is gone already is no error. */
  remove(found: Found): Promise<void>;
  readonly late: readonly number[];
}

/**
 * Writes something that GitHub would otherwise create twice. It checks before, checks again when the answer is lost,
 * and checks after writing. When there are several copies, because an earlier request was carried out late, the first
 * one stays.
 * @returns what was there before; undefined when it was written now
 */
export async function writeOnce<Found>(of: Write<Found>): Promise<Found | undefined> {
  const before = await onlyOne(of);
  if (before !== undefined) return before;
  try {
    await of.write();
  } catch (error) {
    // An answer, even a refusal for now, says that nothing was written.
    if (!(error instanceof TransientError) || error instanceof RateLimited) throw error;
    if (!(await appears(of))) throw error;
  }
  await onlyOne(of);
  return undefined;
}

async function onlyOne<Found>({ find, remove }: Write<Found>): Promise<Found | undefined> {
  const [first, ...others] = await find();
  for (const other of others) await remove(other);
  return first;
}

async function appears<Found>({ find, late }: Write<Found>): Promise<boolean> {
  for (const pause of late) {
    await sleep(pause);
    if ((await find()).length > 0) return true;
  }
  return false;
}
