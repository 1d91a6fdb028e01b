import { existsSync, mkdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toDetail } from '../../src/domain/session/projections.ts';
import { newSession } from '../../src/domain/session/state.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { saveDetail } from '../../src/state/session-store.ts';
import { removeOldFiles } from '../../src/worker/remove-old-files.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const repository = RepositoryName.parse('acme/app');

test('a worker removes the turns of sessions that ended long ago when it starts, and says so', async () => {
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('home') });
  const detail = toDetail(newSession({ repository, issue: 7 }, '2020-01-01T00:00:00Z'));
  const record = { ...detail.record, status: 'cancelled' as const };
  await saveDetail(home, { ...detail, record }, '2020-01-02T00:00:00Z');
  const turn = join(home.turns, 'acme.app.7.0aaaaaaa.1');
  mkdirSync(turn, { recursive: true });
  utimesSync(turn, 0, 0);
  const log: string[] = [];
  await removeOldFiles({ home, days: 30, log: (line) => log.push(line) })();
  expect(existsSync(turn)).toBe(false);
  expect(log).toEqual([expect.stringMatching(/^removed the turns of acme\/app#7/)]);
});

test('what it can’t remove it says, and goes on', async () => {
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('home') });
  mkdirSync(join(home.root, 'sessions', 'acme', 'app', '7'), { recursive: true });
  const log: string[] = [];
  await removeOldFiles({
    home: { ...home, turns: join(home.root, 'x'.repeat(300)) },
    days: 30,
    log: (line) => log.push(line),
  })();
  expect(log).toEqual([expect.stringMatching(/^can't remove old turns: ENAMETOOLONG/)]);
});
