import { expect, test } from 'vitest';
import { cautionsFor } from '../../../src/domain/pull-request/cautions.ts';
import { RepositoryName } from '../../../src/domain/shared/repository.ts';

const session = { repository: RepositoryName.parse('acme/app'), issue: 124 };

test('ordinary commits need no caution, nor do those that close the session’s own issue', () => {
  const names = ['src/workflows/a.ts', 'docs/.github.md', '.github/CODEOWNERS'];
  const messages = ['Fixes #124', 'closes acme/app#124', 'fix: 9 bugs, as #9 says', 'prefixes #7'];
  expect(cautionsFor(session, names, messages)).toEqual([]);
});

test('files that CI runs are named, whatever their names try', () => {
  const names = ['.github/workflows/a`<b>\u202e.yml', '.gitlab-ci.yml', 'Jenkinsfile'];
  const [caution = '', ...others] = cautionsFor(session, names, []);
  expect(others).toEqual([]);
  expect(caution).toContain("`.github/workflows/a'<b>.yml`, `.gitlab-ci.yml`, `Jenkinsfile`.");
  const many = Array.from({ length: 8 }, (_, index) => `.github/actions/${index}/action.yml`);
  expect(cautionsFor(session, many, [])[0]).toContain('and 3 more');
});

test('issues that commit messages close are named, each once and with its repository', () => {
  const messages = [
    'Do it\n\nFixes #9, resolves: GH-9',
    'closed https://github.com/acme/app/issues/7',
    'Close other/lib#124',
  ];
  expect(cautionsFor(session, [], messages)).toEqual([
    'Messages of its commits close other issues when they are merged: `#9`, `#7`, `other/lib#124`.',
  ]);
});
