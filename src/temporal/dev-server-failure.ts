import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorLine } from '../process/error-line.ts';
import { damaged } from './database-check.ts';
import { ServiceError } from './service-error.ts';

/**
 * Why the dev server ended before it answered, from what it wrote, which is nothing when the log's disk is full. The
 * numbers are SQLite's result codes: 11 corrupt, 13 full, 26 not a database.
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

/** Less than this many bytes are as good as nothing: a new database takes four times as much. */
const SOME_SPACE = 1024 * 1024;

/** Whether there is no space for a small file; quotas count. */
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
