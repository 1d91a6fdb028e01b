import { expect, test } from 'vitest';
import { spentByOthers } from '../../../src/activities/worktree/spending.ts';
import { toDetail } from '../../../src/domain/session/projections.ts';
import { newSession } from '../../../src/domain/session/state.ts';
import { noteSpending } from '../../../src/domain/session/turn-log.ts';
import { RepositoryName } from '../../../src/domain/shared/repository.ts';
import { coppiceHome } from '../../../src/state/home.ts';
import { saveDetail } from '../../../src/state/session-store.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const APP = RepositoryName.parse('acme/app');
const OTHER = RepositoryName.parse('acme/other');

test('what others cost is counted by run, and by the day on which a turn ended', async () => {
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('home') });
  const now = new Date();
  const yesterday = new Date(now.getTime() - 25 * 3_600_000);
  const record = (repository: RepositoryName, issue: number, run: string, ...turns: Date[]) => {
    const state = newSession({ repository, issue, run }, now.toISOString());
    const kind = 'implement' as const;
    for (const ended of turns) {
      const endedAt = ended.toISOString();
      state.turns.push({
        ...{ id: endedAt, kind, startedAt: endedAt, endedAt },
        ...{ outcome: 'done', summary: '', costUsd: 1.5, tokens: null },
      });
      noteSpending(state.spending, endedAt, 1.5);
    }
    return saveDetail(home, toDetail(state), now.toISOString());
  };
  await record(APP, 1, 'ours', yesterday, now);
  await record(APP, 2, 'ours', now);
  await record(APP, 3, 'another', now);
  await record(OTHER, 4, 'ours', now);
  const location = {
    ...{ repository: APP, issue: 2, hostId: 'h', remote: 'origin' },
    ...{ checkout: '/nowhere', worktree: '/nowhere-2', branch: 'issue-2' },
  };
  expect(await spentByOthers(home, location, 'ours')).toMatchObject({ run: 3, day: 4.5 });
  expect(await spentByOthers(home, location, undefined)).toMatchObject({ run: 0, day: 4.5 });
});
