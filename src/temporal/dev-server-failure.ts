import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorLine } from '../process/error-line.ts';
import { damaged } from './database-check.ts';
import { ServiceError } from './service-error.ts';

/**
 * Finds out from the dev server's output why it ended before it answered. The output is empty when the disk of the log is full.
 * The numbers are SQLite's result codes: 11 is corrupt, 13 is full, 26 is not a database.
 */
export function startFailure(
  output: string,
  how: string,
  { database, log }: { readonly database: string; readonly log: string },
): ServiceError {
  if (/disk is full \(13\)|no space left on device/i.test(output) || isFull(dirname(database)))
    return diskFull(dirname(database));
  if (/not a database \(26\)|malformed \(11\)/.test(output))
    return damaged(database, 'as the server says');
  const reason = errorLine(output).replace(/^Error: /, '') || how;
  return new ServiceError(
    'StartFailed',
    `the Temporal server did not start: ${reason}; see ${log}`,
  );
}

export const diskFull = (directory: string): ServiceError =>
  new ServiceError(
    'DiskFull',
    `no space left on the disk of ${directory}: free some and run coppice up again`,
  );

/** A disk with fewer free bytes counts as full, because a new database takes four times as much. */
const SOME_SPACE = 1024 * 1024;

/** Whether a small file can't be written for lack of space, on the disk or in a quota. */
function isFull(directory: string): boolean {
  const probe = join(directory, `.probe.${process.pid}`);
  try {
    writeFileSync(probe, Buffer.alloc(SOME_SPACE));
    return false;
  } catch (error) {
    return ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
  } finally {
    rmSync(probe, { force: true });
  }
}
