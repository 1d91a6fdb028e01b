import { expect, test } from 'vitest';
import { SessionSettings } from '../../../src/domain/settings/session-settings.ts';
import {
  branchName,
  RUN_NAME,
  runName,
  runWorkflowId,
  sessionWorkflowId,
  turnId,
  worktreePath,
} from '../../../src/domain/shared/identity.ts';
import { RepositoryName } from '../../../src/domain/shared/repository.ts';

const repository = RepositoryName.parse('acme/app');

test('workflow ids, branches and worktrees are made from validated names and numbers', () => {
  expect(sessionWorkflowId(repository, 124)).toBe('coppice/acme/app/issues/124');
  expect(runWorkflowId(repository, 'night')).toBe('coppice/acme/app/runs/night');
  expect(branchName('issue-{issue}', { repository, issue: 124 })).toBe('issue-124');
  expect(worktreePath('../{repo}-issue-{issue}', { repository, issue: 124 })).toBe(
    '../app-issue-124',
  );
  const runId = '019abcde-0000-7000-8000-0123456789ab';
  expect(turnId({ repository, issue: 124 }, runId, 3)).toBe('acme.app.124.0123456789ab.3');
});

test('a repository has one name, in whatever case it is typed', () => {
  expect(RepositoryName.parse('ACME/App')).toBe(repository);
});

test('a run is named after its minute, in a shape the person could have typed', () => {
  const name = runName(new Date('2026-11-22T19:43:21Z'), 'x7');
  expect(name).toBe('2026-11-22-1943-x7');
  expect(name).toMatch(RUN_NAME);
});

test.each([
  'acme',
  'acme/',
  '/app',
  'a/b/c',
  '../app',
  'acme/..',
  'acme/.',
  '-a/b',
  'a b/c',
  'a/b\n',
  'a/b;rm',
])('%j is not a repository', (text) => {
  expect(RepositoryName.safeParse(text).success).toBe(false);
});

test.each(['issue', '-{issue}', 'x {issue}', '{title}-{issue}', '$(id)-{issue}', '`id`{issue}'])(
  'the branch template %j is refused',
  (branch) => {
    expect(SessionSettings.safeParse({ branch }).success).toBe(false);
  },
);
