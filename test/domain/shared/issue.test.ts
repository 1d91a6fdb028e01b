import { expect, test } from 'vitest';
import { parseIssueReference, parsePullRequestUrl } from '../../../src/domain/shared/issue.ts';

test.each([
  ['124', { number: 124 }],
  ['#124', { number: 124 }],
  ['acme/app#124', { number: 124, repository: 'acme/app' }],
  ['https://github.com/acme/app/issues/124', { number: 124, repository: 'acme/app' }],
  ['https://github.com/acme/app/issues/124/', { number: 124, repository: 'acme/app' }],
  [
    'https://github.com/acme/app/issues/124#issuecomment-1',
    { number: 124, repository: 'acme/app' },
  ],
  ['http://ghe.local:8080/acme/app/issues/7?x=1', { number: 7, repository: 'acme/app' }],
])('%s is an issue', (text, expected) => {
  expect(parseIssueReference(text)).toEqual(expected);
});

test.each([
  '',
  '0',
  '-1',
  '#',
  '##1',
  '1.5',
  '1e3',
  '0x10',
  '2147483648',
  '99999999999',
  '124 ',
  '12４',
  'https://github.com/acme/app/pull/124',
  'app#124',
  'acme/app/x#124',
  '../app#124',
  'acme/app#0',
  'https://github.com/acme/app/issues/0',
  'https://github.com/acme/../issues/1',
  'https://github.com/-acme/app/issues/1',
  'ftp://github.com/acme/app/issues/1',
  '--upload-pack=evil',
])('%j is not an issue', (text) => {
  expect(parseIssueReference(text)).toBeUndefined();
});

test.each([
  'https://github.com/acme/app/pull/42',
  'https://github.com/acme/app/pull/42/files#diff-1',
  'https://github.com/acme/app/pull/42#discussion_r1',
])('%s is a pull request', (text) => {
  expect(parsePullRequestUrl(text)).toEqual({ number: 42, repository: 'acme/app' });
  expect(parsePullRequestUrl(text.replace('pull', 'issues'))).toBeUndefined();
});
