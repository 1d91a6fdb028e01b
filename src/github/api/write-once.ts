import { setTimeout as sleep } from 'node:timers/promises';
import { TransientError } from '../../domain/shared/failure.ts';
import { RateLimited } from './errors.ts';

/**
 * Milliseconds to wait before each check whether an unanswered write was carried out. GitHub may carry out a
 * request some seconds after its connection was lost, so Coppice checks several times before it writes again.
 */
export const RECHECK_AFTER: readonly number[] = [500, 1_500, 3_000, 4_000, 6_000];

interface Write<Found> {
  /** Finds what was written already, the oldest first. */
  find(): Promise<readonly Found[]>;
  write(): Promise<void>;
  /** Removes a duplicate. It is not an error if it is deleted already. */
  remove(found: Found): Promise<void>;
  readonly late: readonly number[];
}

/**
 * Writes something to GitHub once. It looks for an earlier copy first, looks again when the response is lost,
 * and looks after writing. If there are several copies, because an earlier request was carried out late, the
 * first one stays.
 * @returns the copy that existed before; undefined when it was written now
 */
export async function writeOnce<Found>(of: Write<Found>): Promise<Found | undefined> {
  const before = await onlyOne(of);
  if (before !== undefined) return before;
  try {
    await of.write();
  } catch (error) {
    // If GitHub answered, even with a rate limit, nothing was written.
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
