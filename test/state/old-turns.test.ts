import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toDetail } from '../../src/domain/session/projections.ts';
import type { SessionRecord } from '../../src/domain/session/session.ts';
import { newSession } from '../../src/domain/session/state.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { findOldTurns, keepDays, removeTurns } from '../../src/state/old-turns.ts';
import { saveDetail } from '../../src/state/session-store.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const app = RepositoryName.parse('acme/app');
const dotted = RepositoryName.parse('acme/app.12');

const NOW = new Date('2026-06-30T12:00:00Z');
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 24 * 3_600 * 1_000);

/** A state directory with a session of each kind, and turns of each. */
async function manyTurns() {
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('home') });
  const session = async (
    repository: typeof app,
    issue: number,
    days: number,
    how: Partial<SessionRecord>,
  ) => {
    const detail = toDetail(newSession({ repository, issue }, '2026-01-01T00:00:00Z'));
    const record = { ...detail.record, ...how };
    await saveDetail(home, { ...detail, record }, daysAgo(days).toISOString());
  };
  const turn = (id: string, days: number) => {
    const attempt = join(home.turns, id, 'attempt-1');
    mkdirSync(attempt, { recursive: true });
    for (const path of [join(attempt, 'journal'), join(home.turns, id, 'ending.json')])
      writeFileSync(path, 'x'.repeat(5_000));
    for (const path of ['', 'attempt-1', 'attempt-1/journal', 'ending.json'])
      utimesSync(join(home.turns, id, path), daysAgo(days), daysAgo(days));
  };
  await session(app, 1, 31, { status: 'cancelled' });
  turn('acme.app.1.0aaaaaaa.1', 40);
  turn('acme.app.1.0aaaaaaa.2', 31);
  turn('acme.app.1.0bbbbbbb.1', 2);
  await session(app, 2, 29, { status: 'cancelled' });
  turn('acme.app.2.0aaaaaaa.1', 29);
  await session(app, 3, 90, { status: 'stuck' });
  turn('acme.app.3.0aaaaaaa.1', 90);
  await session(app, 12, 90, { status: 'complete', pullRequestState: 'open' });
  turn('acme.app.12.0aaaaaaa.1', 90);
  await session(dotted, 3, 90, { status: 'complete', pullRequestState: 'merged' });
  turn('acme.app.12.3.0aaaaaaa.1', 90);
  turn('acme.app.77.0aaaaaaa.1', 400);
  mkdirSync(join(home.turns, '.costs'));
  // What can't be looked into hides nothing else.
  writeFileSync(join(home.turns, 'acme.app.1.0aaaaaaa.0'), '');
  return home;
}

const OLD = ['acme.app.1.0aaaaaaa.1', 'acme.app.1.0aaaaaaa.2'];

test('turns are old when they and their session have ended so long ago', async () => {
  const home = await manyTurns();
  const found = await findOldTurns(home, 30, NOW);
  expect(found).toEqual([
    { repository: app, issue: 1, turns: OLD, bytes: expect.any(Number) },
    {
      repository: dotted,
      issue: 3,
      turns: ['acme.app.12.3.0aaaaaaa.1'],
      bytes: expect.any(Number),
    },
  ]);
  expect(found[0]?.bytes).toBeGreaterThanOrEqual(20_000);
  expect(await findOldTurns(home, 30, NOW, app)).toEqual(found.slice(0, 1));
  expect(await findOldTurns(home, 28, NOW, app)).toHaveLength(2);
});

test('old turns go, also those whose removal was interrupted; all others stay', async () => {
  const home = await manyTurns();
  const before = readdirSync(home.turns);
  mkdirSync(join(home.turns, '.gone-acme.app.9.0aaaaaaa.1', 'attempt-1'), { recursive: true });
  await removeTurns(home, await findOldTurns(home, 30, NOW, app));
  expect(readdirSync(home.turns)).toEqual(before.filter((name) => !OLD.includes(name)));
  expect(await findOldTurns(home, 30, NOW, app)).toEqual([]);
});

test('where no turn was ever taken, none is old', async () => {
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('home') });
  expect(await findOldTurns(home, 30, NOW)).toEqual([]);
  await removeTurns(home, []);
});

test('how long they stay is 30 days, or what COPPICE_KEEP_DAYS says', () => {
  expect(keepDays({})).toBe(30);
  expect(keepDays({ COPPICE_KEEP_DAYS: '7' })).toBe(7);
  expect(() => keepDays({ COPPICE_KEEP_DAYS: '0' })).toThrow('COPPICE_KEEP_DAYS');
});
