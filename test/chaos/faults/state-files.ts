import { readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { Stage } from '../world/stage.ts';

/** How long before the end a file must have been written to lose some of it, in milliseconds. */
const RECENT = 1_500;

/**
 * What a power cut does to files that are written bit by bit: those written last lose their last bytes. Files that are flushed
 * before they get their names, and the database, which has a journal, keep theirs.
 * @returns the files
 */
export function cutLastFiles({ home }: Stage): string[] {
  const now = Date.now();
  const directories = [home.turns, home.service];
  return directories
    .flatMap((directory) => {
      try {
        return readdirSync(directory, { recursive: true, withFileTypes: true });
      } catch {
        return []; // Nothing has been written there yet.
      }
    })
    .filter((entry) => entry.isFile() && /^(journal|stderr|.*\.log)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const { mtimeMs, size } = statSync(path);
      if (now - mtimeMs > RECENT || size === 0) return false;
      truncateSync(path, Math.max(0, size - 200));
      return true;
    });
}
