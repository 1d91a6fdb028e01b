import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { clearDrafts } from '../../src/state/files/drafts.ts';
import { createWhole } from '../../src/state/files/whole-file.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const ID = '11111111-1111-4111-8111-111111111111';

test('drafts that a kill left go, once they are old; what was finished, and the person’s files, stay', async () => {
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('home') });
  const at = (name: string, hours: number) => {
    const path = join(home.root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
    utimesSync(path, Date.now() / 1_000 - hours * 3_600, Date.now() / 1_000 - hours * 3_600);
    return path;
  };
  const drafts = [
    `host-id.draft-${ID}`,
    'github-limits.json.123456',
    'service/.lock.77',
    'service/ports.json.1342250855',
    'sessions/acme/app/1/ownership.json.99',
    'watch/acme/app/1.json.99',
    `outbox/${'b'.repeat(32)}.json.3694301404`,
    `outbox/${'b'.repeat(32)}.json.draft-${ID}`,
    'temporal/client.key.77',
    'temporal/client.toml.77',
    'starting/.lock.77',
    'board.secret.77',
    'repositories/acme/app.json.99',
    `ports/0.draft-${ID}`,
    `turns/acme.app.1.a.1/ending.json.5`,
    `turns/acme.app.1.a.1/attempt-1/gate.draft-${ID}`,
    `turns/.worktrees/${'a'.repeat(32)}.12`,
  ].map((name) => at(name, 2));
  const directory = dirname(at(`turns/acme.app.1.a.1/draft-${ID}/prompt`, 2));
  utimesSync(directory, 0, 0);
  const kept = [
    'host-id',
    'sessions/acme/app/1/ownership.json',
    `outbox/${'b'.repeat(32)}.json`,
    ...['temporal/client.key', 'temporal/temporal.db', 'temporal/temporal.db-wal'],
    'sessions/acme/app/1/ownership.json.damaged-2026-01-01T00-00-00-000Z',
    'sessions/acme/app/1/kept/data.json.123456',
    'turns/acme.app.1.a.1/attempt-1/tmp/data.json.99',
    `turns/.worktrees/running-${ID}`,
    `turns/.worktrees/${'a'.repeat(32)}`,
  ].map((name) => at(name, 2));
  const fresh = at('sessions/acme/app/2/detail.json.99', 0);
  const removed = await clearDrafts(home);
  expect(removed.sort()).toEqual([...drafts, directory].sort());
  expect([...kept, fresh].filter((path) => !existsSync(path))).toEqual([]);
});

test('a file is made once, and leaves no draft', () => {
  const directory = temporaryDirectory('whole');
  const path = join(directory, 'it');
  expect([createWhole(path, 'a'), createWhole(path, 'b')]).toEqual([true, false]);
  expect(readFileSync(path, 'utf8')).toBe('a');
  expect(readdirSync(directory)).toEqual(['it']);
});
