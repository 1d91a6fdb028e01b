import {
  copyFileSync,
  existsSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { checkDatabase } from '../../src/temporal/database-check.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** A database like the server's, with a few hundred pages. */
function database(): string {
  const path = join(temporaryDirectory('database'), 'temporal.db');
  const opened = new DatabaseSync(path);
  opened.exec(
    'PRAGMA journal_mode = wal; CREATE TABLE executions (id INTEGER PRIMARY KEY, data TEXT)',
  );
  const insert = opened.prepare('INSERT INTO executions (data) VALUES (?)');
  for (let row = 0; row < 500; row++) insert.run(`${row} `.repeat(300));
  opened.close();
  return path;
}

describe('a database', () => {
  it('is whole as a server leaves it, killed or not, and when there is none yet', async () => {
    const path = database();
    await checkDatabase(path, true);
    await checkDatabase(`${path}.none`, true);
    const writing = new DatabaseSync(path);
    writing.exec("INSERT INTO executions (data) VALUES ('in the log alone')");
    const killed = join(temporaryDirectory('killed'), 'temporal.db');
    for (const end of ['', '-wal']) copyFileSync(`${path}${end}`, `${killed}${end}`);
    writing.close();
    await checkDatabase(killed, true);
    expect(existsSync(`${killed}-wal`)).toBe(true);
  });

  it.each([
    ['cut short', (path: string) => truncateSync(path, Math.floor(statSync(path).size / 2))],
    ['cut within its first page', (path: string) => truncateSync(path, 300)],
    ['no database at all', (path: string) => writeFileSync(path, 'x'.repeat(5_000))],
    [
      'overwritten in the middle',
      (path: string) => {
        const bytes = readFileSync(path);
        bytes.fill(0, 8_192, 20 * 4_096);
        writeFileSync(path, bytes);
      },
    ],
    ['empty, though it was used', (path: string) => truncateSync(path, 0)],
  ])(
    'that is %s is told in one line, with where it is and what to do, and stays as it is',
    async (_, harm) => {
      const path = database();
      harm(path);
      const before = readFileSync(path);
      const error = await checkDatabase(path, true).catch((thrown: Error) => thrown);
      expect(error).toMatchObject({ name: 'ServiceError', kind: 'CorruptDatabase' });
      const { message } = error as Error;
      expect(message).toContain(`the Temporal database ${path} is damaged (`);
      expect(message).toContain(`mv ${path}* `);
      expect(message).not.toContain('\n');
      expect(readFileSync(path)).toEqual(before);
    },
  );

  it('that is empty is a new one where nothing was served', async () => {
    const path = database();
    truncateSync(path, 0);
    await checkDatabase(path, false);
  });
});
