import { expect, test, vi } from 'vitest';
import { writingStatus } from '../../src/activities/carried-status.ts';
import { toDetail } from '../../src/domain/session/projections.ts';
import type { SessionLocation } from '../../src/domain/session/session.ts';
import { newSession } from '../../src/domain/session/state.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';

const repository = RepositoryName.parse('acme/app');
const location: SessionLocation = {
  ...{ repository, issue: 124, hostId: 'h', remote: 'origin', branch: 'issue-124' },
  ...{ checkout: '/nowhere', worktree: '/nowhere-124' },
};
const status = toDetail(newSession({ repository, issue: 124 }, '2026-11-30T12:00:00.000Z'));

function world(recordStatus: () => Promise<void> = async () => undefined) {
  const calls: string[] = [];
  const activities = {
    setUp: async (_: { location: SessionLocation; status?: typeof status }) => {
      calls.push('setUp');
      return 'done';
    },
  };
  const { setUp } = writingStatus(activities, async ({ detail }) => {
    calls.push(`status ${detail.record.issueNumber}`);
    await recordStatus();
  });
  return { calls, setUp };
}

test('a status that an activity carries is written before the activity begins', async () => {
  const { calls, setUp } = world();
  expect(await setUp({ location, status })).toBe('done');
  expect(calls).toEqual(['status 124', 'setUp']);
});

test('an activity that carries none writes none', async () => {
  const { calls, setUp } = world();
  await setUp({ location });
  expect(calls).toEqual(['setUp']);
});

test('a status that can’t be written stops no activity, and is logged', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const { calls, setUp } = world(() => Promise.reject(new Error('no space')));
  expect(await setUp({ location, status })).toBe('done');
  expect(calls).toEqual(['status 124', 'setUp']);
  expect(log).toHaveBeenCalledWith(expect.stringContaining("the status of #124 can't be written"));
  log.mockRestore();
});
