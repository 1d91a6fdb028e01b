import { expect, test } from 'vitest';
import { createFeedbackActivities, type FeedbackPorts } from '../../src/activities/feedback.ts';
import { createWords } from '../../src/activities/words.ts';
import type { Check } from '../../src/domain/pull-request/checks.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';

const location = {
  ...{ repository: RepositoryName.parse('acme/app'), issue: 124, hostId: 'h', remote: 'origin' },
  ...{ checkout: '/nowhere/app', worktree: '/nowhere/app-issue-124', branch: 'issue-124' },
};
const base = { branch: 'main', tip: 'tip' };
const failed = (name: string): Check => ({ name, runId: 1, result: 'failed', url: 'u' });

/** What examining the checks of a head finds, when the logs say `excerpt`. */
function examine(excerpt: string, change = 'change', headSha = 'ours', anyway = false) {
  const github: Partial<FeedbackPorts['github']> = {
    failedOn: async (_, ref) => (ref === 'main' ? ['flaky'] : []),
    examineCheck: async (_, { name, url }) => ({ name, url, excerpt }),
  };
  const activities = createFeedbackActivities({
    github: github as FeedbackPorts['github'],
    words: createWords([]),
    branchTip: async () => 'ours',
    changeId: async () => change,
  });
  const checks = [failed('flaky'), failed('unit')];
  return activities.examineChecks({ location, base, headSha, checks, anyway });
}

test('what fails on the base branch too is told apart', async () => {
  expect(await examine('boom')).toMatchObject({
    theirs: false,
    onBase: ['flaky'],
    failures: [{ name: 'unit', excerpt: 'boom' }],
  });
});

test('a head that is not the session’s own is somebody else’s', async () => {
  expect(await examine('boom', 'change', 'foreign')).toMatchObject({ theirs: true, failures: [] });
  expect(await examine('boom', 'change', 'foreign', true)).toMatchObject({
    theirs: false,
    failures: [{ name: 'unit' }],
  });
});

test('the same failure of the same change has the same key, whatever the times and places', async () => {
  const one = '✖ toggles (1.2ms)\n  at /tmp/ci-34Ia6l/a.js:12:10\n  expected /Light mode/';
  const again = one.replace('1.2ms', '17ms').replace('34Ia6l', 'x9Zz').replace('12:10', '14:2');
  const { key } = await examine(one);
  expect((await examine(again)).key).toBe(key);
  expect((await examine(one.replace('Light', 'Dark'))).key).not.toBe(key);
  expect((await examine(one, 'another change')).key).not.toBe(key);
});
