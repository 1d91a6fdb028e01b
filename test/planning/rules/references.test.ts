import { describe, expect, test } from 'vitest';
import { RepositoryName } from '../../../src/domain/shared/repository.ts';
import { readIssueText } from '../../../src/planning/rules/issue-text.ts';
import { dependencyReferences as referencesOf } from '../../../src/planning/rules/references.ts';

const acme = RepositoryName.parse('acme/app');
const dependencyReferences = (text: string, repository: RepositoryName) =>
  referencesOf(readIssueText(text), repository);
const numbers = (text: string) => dependencyReferences(text, acme).own.map(({ number }) => number);

describe('an order is read from', () => {
  test.for<[string, number[]]>([
    ['Depends on #126', [126]],
    ['This depends upon GH-126.', [126]],
    ['depends on the refactoring in #126 and #127, GH-128 & acme/app#129', [126, 127, 128, 129]],
    ['Blocked by #1, #2 and https://github.com/acme/app/issues/3', [1, 2, 3]],
    ['blocked by ACME/App#5', [5]],
    ['Can start after #126 is merged.', [126]],
    ['after merging #12', [12]],
    ['Do it on top of #126.', [126]],
    ['Builds on the ways to log in of #126.', [126]],
    ['stacked on https://github.com/acme/app/pull/13', [13]],
    ['Waiting for #7', [7]],
    ['Prerequisite: #8', [8]],
    ['**Depends on:** [#12](https://github.com/acme/app/issues/12), [#13](https://x/a)', [12, 13]],
    ['Blocked by:\n\n* #5\n* #6\n\nOther:\n* #7', [5, 6]],
    ['## Dependencies\r\n- #5 (like #9)\r\n', [5]],
    ['- [ ] #130\n* [ ] https://github.com/acme/app/issues/132 the rest', [130, 132]],
  ])('%j', ([text, expected]) => {
    expect(numbers(text)).toEqual(expected);
  });
});

describe('a block is read from', () => {
  test.for<[string, number[]]>([
    ['Blocks #127', [127]],
    ['This blocks the issues #127, #128 and acme/app#129.', [127, 128, 129]],
    ['It is blocking GH-5', [5]],
    ['A blocker for #6, prerequisite of #7', [6, 7]],
    ['Needed by #8. Required for PR #9.', [8, 9]],
    ['Must be merged before #10', [10]],
    ['Blocks:\n- #5\n- [ ] #6\n\n## Notes\n- #7', [5, 6]],
  ])('%j', ([text, expected]) => {
    const { own, blocks } = dependencyReferences(text, acme);
    expect({ own, blocks: blocks.map(({ number }) => number) }).toEqual({
      own: [],
      blocks: expected,
    });
  });

  test.for([
    'Blocked by #5',
    'no longer blocks #5',
    'The dialog blocks the page, see #5',
    'Building blocks: #5 shows them',
    'Blocks acme/other#5',
    '`blocks #5`',
  ])('and not from %j', (text) => {
    expect(dependencyReferences(text, acme).blocks).toEqual([]);
  });
});

describe('no order is read from', () => {
  test.for([
    '',
    'See #3',
    'Fixes #4',
    '> blocked by #1',
    '```\ndepends on #1\n```',
    '~~~js\nafter #4',
    'as `after #1` says',
    '<!-- depends on #1 -->',
    '<!-- depends on #1',
    'not blocked by #5',
    'It no longer depends on #5',
    'This doesn’t depend on #5',
    'unblocked by #3',
    'Depends on nothing. Fixes #4',
    'Start after lunch. See #3',
    'requires node 24 (#4)',
    '- [x] #131',
    '- [ ] write it as in #3',
    'depends on #0 and #99999999999',
    'depends on\n\n#4',
  ])('%j', (text) => {
    expect(numbers(text)).toEqual([]);
  });
});

test('each keeps the words that say it, in one line', () => {
  expect(dependencyReferences('Builds on\u001b[31m the login of #126!', acme).own).toEqual([
    { number: 126, source: 'text', evidence: 'Builds on the login of #126' },
  ]);
  expect(dependencyReferences('- [ ] #130 first', acme).own).toEqual([
    { number: 130, source: 'task-list', evidence: '- [ ] #130 first' },
  ]);
});

test('issues of other repositories are set apart', () => {
  const text = 'Blocked by acme/other#3, #4 and https://github.com/else/app/issues/5';
  expect(dependencyReferences(text, acme)).toMatchObject({
    own: [{ number: 4 }],
    foreign: ['acme/other#3', 'https://github.com/else/app/issues/5'],
  });
});

test.for([
  ['one long line', `depends on ${'x '.repeat(100_000)}#4`],
  ['open fences', '```\n'.repeat(30_000)],
  ['open comments', '<!--'.repeat(30_000)],
  ['backticks', '`a'.repeat(30_000)],
  ['references', `after ${'#1 and '.repeat(20_000)}`],
  ['keywords', 'depends on '.repeat(20_000)],
  ['blocks', 'blocks the '.repeat(20_000)],
  ['negations', 'not '.repeat(30_000)],
] as const)('%s without end are read quickly', ([, text]) => {
  const begun = performance.now();
  dependencyReferences(text, acme);
  expect(performance.now() - begun).toBeLessThan(5_000);
});
