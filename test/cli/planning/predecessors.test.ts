import { expect, test } from 'vitest';
import { withoutPredecessors } from '../../../src/cli/planning/predecessors.ts';
import { SessionDetail, type SessionRecord } from '../../../src/domain/session/session.ts';
import type { Survey } from '../../../src/planning/rules/survey.ts';
import { coppiceHome } from '../../../src/state/home.ts';
import { saveLeftBranch } from '../../../src/state/left-branch.ts';
import { saveDetail } from '../../../src/state/session-store.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { NOW, record, repository } from '../records.ts';

const url = (number: number) => `https://github.com/acme/app/pull/${number}`;

const survey: Survey = {
  ...{ issues: [], dependencies: [], doubtful: [], others: new Map(), foreign: new Map() },
  closing: new Map(
    [1, 2, 3, 4].map((issue) => [issue, { number: 40 + issue, url: url(40 + issue) }]),
  ),
  ...{ me: undefined, notes: new Map() },
};

test('a pull request of a cancelled session keeps nobody from running its issue again', async () => {
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('predecessors') });
  const location = {
    ...{ repository, issue: 1, hostId: 'here', checkout: '/app', worktree: '/app-issue-1' },
    ...{ branch: 'issue-1', remote: 'origin' },
  };
  // #1 was pruned, #2 was only cancelled, #3 is under way, and #4's is a person's.
  const workflowId = 'coppice/acme/app/issues/1';
  await saveLeftBranch(home, { workflowId, location, sha: 'a'.repeat(40), pullRequest: 41 });
  const save = (issue: number, changes: Partial<SessionRecord>) => {
    const parts = {
      record: record(issue, changes),
      stuck: null,
      plan: '',
      turns: [],
      guidance: [],
    };
    return saveDetail(home, SessionDetail.parse(parts), NOW.toISOString());
  };
  await save(2, { status: 'cancelled', pullRequestUrl: url(42) });
  await save(3, { status: 'complete', pullRequestUrl: url(43) });

  const { closing } = await withoutPredecessors(survey, home, repository);

  expect([...closing.keys()]).toEqual([3, 4]);
});
