import { dirname } from 'node:path';
import { ServiceError } from './service-error.ts';

/**
 * Why the dev server ended before it answered, from what it wrote. The numbers are SQLite's result codes: 11 corrupt,
 * 13 full, 26 not a database.
 */
export function startFailure(
  output: string,
  how: string,
  { database, log }: { readonly database: string; readonly log: string },
): ServiceError {
  if (/disk is full \(13\)|no space left on device/i.test(output))
    return diskFull(dirname(database));
  if (/not a database \(26\)|malformed \(11\)/.test(output))
    return new ServiceError(
      'CorruptDatabase',
      `the Temporal database ${database} is damaged, and was left as it is: restore it from a backup, or begin afresh after mv ${database} ${database}.damaged`,
    );
  const reason = output.match(/^Error: (.*)$/m)?.[1] ?? how;
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
