import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { ServiceError } from './service-error.ts';

/** In bytes. Reading a larger file would take longer than a person should wait at each start. */
const READ_WHOLE = 512 * 1024 * 1024;

/**
 * Checks that a database is undamaged before a server opens it. With a truncated database the server starts, and every later request
 * fails. The check changes nothing.
 * @param isUsed whether the database must have content
 * @throws ServiceError CorruptDatabase
 */
export async function checkDatabase(database: string, isUsed: boolean): Promise<void> {
  const size = statSync(database, { throwIfNoEntry: false })?.size;
  if (size === undefined) return;
  if (size === 0) {
    if (isUsed && walSize(database) === 0) throw damaged(database, 'it is empty');
    return;
  }
  const found = await problemIn(database, size);
  if (found !== undefined) throw damaged(database, found);
}

const walSize = (database: string): number =>
  statSync(`${database}-wal`, { throwIfNoEntry: false })?.size ?? 0;

async function problemIn(database: string, size: number): Promise<string | undefined> {
  const { DatabaseSync } = await import('node:sqlite');
  let opened: DatabaseSync | undefined;
  try {
    opened = new DatabaseSync(database, { readOnly: true });
    // This reads the first page, which contains the number of pages.
    const pages = numberIn(opened, 'PRAGMA page_count');
    if (size > READ_WHOLE)
      return pages * numberIn(opened, 'PRAGMA page_size') > size && walSize(database) === 0
        ? 'it is cut short'
        : undefined;
    const [first] = Object.values(opened.prepare('PRAGMA quick_check(1)').get() ?? {});
    return first === 'ok' ? undefined : String(first).replaceAll('\n', ' ');
  } catch (error) {
    return isDamage(error) ? (error as Error).message : undefined;
  } finally {
    opened?.close();
  }
}

const numberIn = (database: DatabaseSync, query: string): number =>
  Number(Object.values(database.prepare(query).get() ?? {})[0]);

/** Whether the error is one of SQLite's result codes for a damaged file or a file of another format. The server reports all others. */
const isDamage = (error: unknown): boolean =>
  [11, 26].includes((error as { errcode?: number }).errcode ?? 0);

/** Says what to do with a damaged database and the files that belong to it. */
export const damaged = (database: string, problem: string): ServiceError => {
  const aside = join(dirname(database), 'damaged');
  return new ServiceError(
    'CorruptDatabase',
    `the Temporal database ${database} is damaged (${problem}), and was left as it is: restore it from a backup, or begin afresh after mkdir ${aside} && mv ${database}* ${aside}; runs are lost then, worktrees, branches and pull requests are not`,
  );
};
