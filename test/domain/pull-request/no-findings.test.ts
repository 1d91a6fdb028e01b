import { expect, test } from 'vitest';
import { findsNothing } from '../../../src/domain/pull-request/no-findings.ts';
import { PLACELESS } from '../../support/feedback.ts';

const says = (text: string, more: { bot?: boolean; kind?: 'comment' | 'thread' } = {}) =>
  findsNothing({
    ...{ id: 'review:1', node: 'n', kind: 'comment', onIssue: false, author: 'coderabbitai' },
    ...{ bot: true, mayWrite: false, text, url: 'u', at: '', ...PLACELESS },
    ...more,
  });

test.each([
  '## Pull request overview\n\nCopilot reviewed 2 out of 2 changed files in this pull request and generated no comments.',
  'Copilot reviewed 2 out of 3 changed files in this pull request and generated no new comments.',
  '**Actionable comments posted: 0**\n\n<details>\n<summary>📜 Review details</summary>\n</details>',
  'No actionable comments were generated in the recent review. 🎉',
  'Codex Review: Didn’t find any major issues. Nice!\n\n**Reviewed commit:** `abc1234def`',
  '✅ Bugbot reviewed your changes and found no new issues!',
  'I have no feedback to provide.',
  'No issues found.',
  'Hey @ann - I’ve reviewed your changes and they look great!',
])('a bot’s review that finds nothing costs nothing: %j', (text) => {
  expect(says(text)).toBe(true);
});

test.each([
  '**Actionable comments posted: 0**\n\n<details><summary>🧹 Nitpick comments (4)</summary></details>',
  '**Actionable comments posted: 0**\n\n> [!CAUTION]\n> Some comments are outside diff range',
  '**Actionable comments posted: 2**',
  'Copilot reviewed 2 out of 2 changed files and generated 2 comments.',
  'Generated no comments. Comments suppressed due to low confidence (1): f1.txt:3',
  '`parse()` throws on an empty line: guard it.\n\n### Security\n\nNo issues found.',
  'Blocking: the token is logged in src/login.ts. Otherwise no new issues found.',
  'Hey there - I’ve reviewed your changes and found 1 issue',
  'I did not find any issues with security, but `parse()` in src/a.ts:12 loops for ever on an empty file.',
  'I didn’t find any major issues. Two bugs:\n1. `x` may be null\n2. the loop never ends',
  'I didn’t find any major issues. However, the loop never ends.',
  'I didn’t find any issues. `x` may be null in src/a.ts line 3.',
  'No feedback to provide on the tests. The loop never ends. (I have no feedback to provide on style.)',
  'The migration was not tested: I suggest a test. The tests, they look great!',
])('what a bot found nevertheless is heard: %j', (text) => {
  expect(says(text)).toBe(false);
});

test('a bot that finds nothing, and says much besides, is shown to a person', () => {
  const more = 'The parser now reads a file to its end and closes it, which the former one forgot.';
  expect(says(`I didn’t find any major issues. ${more}`)).toBe('unclear');
});

test('a person who finds nothing, and a thread, say what they say', () => {
  expect(says('I found no issues, but rename it', { bot: false })).toBe(false);
  expect(says('generated no comments', { kind: 'thread' })).toBe(false);
});
