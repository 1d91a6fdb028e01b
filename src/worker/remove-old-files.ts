import { clearTemporary } from '../process/temporary.ts';
import { clearDrafts } from '../state/files/drafts.ts';
import type { Home } from '../state/home.ts';
import { findOldTurns, removeTurns } from '../state/old-turns.ts';

const DAY = 24 * 3_600 * 1_000;

export interface RemoveOldFilesOptions {
  readonly home: Home;
  /** How long the files of turns are kept after their session has ended. */
  readonly days: number;
  readonly log: (line: string) => void;
}

/** Removes the turns of sessions that ended long ago, and drafts that a kill left, now and once a day. @returns a function that stops this */
export function removeOldFiles(options: RemoveOldFilesOptions): () => Promise<void> {
  let bestEffortCleanup = tidy(options);
  const timer = setInterval(() => {
    bestEffortCleanup = bestEffortCleanup.then(() => tidy(options));
  }, DAY);
  return () => {
    clearInterval(timer);
    return bestEffortCleanup;
  };
}

async function tidy({ home, days, log }: RemoveOldFilesOptions): Promise<void> {
  try {
    for (const path of [...(await clearDrafts(home)), ...(await clearTemporary())])
      log(`removed ${path}: it was never finished`);
    const found = await findOldTurns(home, days, new Date());
    await removeTurns(home, found);
    for (const { repository, issue, turns } of found)
      log(
        `removed the turns of ${repository}#${issue} (${turns.length}): it ended more than ${days} days ago`,
      );
  } catch (error) {
    log(`can't remove old turns: ${(error as Error).message}`);
  }
}
