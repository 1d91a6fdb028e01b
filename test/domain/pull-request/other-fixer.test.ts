import { expect, test } from 'vitest';
import type { FeedbackItem } from '../../../src/domain/pull-request/feedback.ts';
import { announcementOf, FIXING_BOTS } from '../../../src/domain/pull-request/other-fixer.ts';

const KNOWN = { bots: ['cursor'], fixers: FIXING_BOTS };

const said = (text: string, more: Partial<FeedbackItem> = {}) =>
  announcementOf(
    {
      ...{ id: 'a', node: 'a', kind: 'comment', onIssue: false, author: 'ann', bot: false },
      ...{ mayWrite: true, text, url: 'u', at: '', path: null, line: null, thread: null },
      ...more,
    },
    KNOWN,
  );

const FIXER = { author: 'copilot-swe-agent', bot: true, mayWrite: false };
const REVIEWER = { author: 'cursor[bot]', bot: true, mayWrite: false };

test.each([
  'I’m fixing this',
  "I'm already working on a fix.",
  'I am just fixing the lint errors',
  "We're looking into it",
  'I’ll fix the failing tests now',
  'Let me fix that!',
  'Working on it…',
  'On it',
  '@bob I’m on it.',
  'Currently repairing the build',
  'Fix incoming',
  'A fix is on its way',
  'Leave this to me',
  'I will push a small fix',
])('“%s” says that its author repairs it', (text) => {
  expect(said(text)).toEqual({ says: 'fixing', more: false });
});

test.each([
  'Go on',
  '@bob please go ahead.',
  'Coppice, carry on!',
  'Never mind',
  'OK, over to you',
  'I give up',
  'I couldn’t fix it',
  'I’m no longer working on this',
  'I’m not fixing this',
])('“%s” says that it is over', (text) => {
  expect(said(text)).toEqual({ says: 'over', more: false });
});

test.each([
  'Please fix this',
  'Can you fix it?',
  'Should I fix this?',
  'Who is fixing this?',
  'I won’t be fixing the docs',
  'We’ll fix this later, in another pull request',
  'If it still fails I’ll fix it',
  'This is not working on Windows',
  'The fix is wrong',
  'Let me know',
  'I am looking forward to it',
  'Don’t touch the configuration',
  'The parser goes on after an error',
  '> I’m fixing this\n\nThanks!',
  '```\n// working on it\n```',
])('“%s” says nothing of who repairs', (text) => {
  expect(said(text)).toBeUndefined();
});

test('the last word counts, and what else is said is told apart', () => {
  expect(said('I’m fixing the tests.\nRename the button, please.')).toEqual({
    ...{ says: 'fixing', more: true },
  });
  expect(said('I was on it. I give up: go on')).toEqual({ says: 'over', more: true });
  expect(said('Go on. No, wait: I’m fixing it')).toMatchObject({ says: 'fixing' });
});

test('who may not push, and bots that are not listed, hold nothing up', () => {
  const text = 'I’m fixing this';
  expect(said(text, { mayWrite: false })).toBeUndefined();
  expect(said(text, { author: 'spam[bot]', bot: true, mayWrite: false })).toBeUndefined();
  expect(said(text, { onIssue: true })).toBeUndefined();
});

test.each([
  ['Copilot has started working on this', 'fixing'],
  ['Looking at the failed job', 'fixing'],
  ['I’ve pushed a fix in 1234567', 'over'],
  ['Unable to find the cause', 'over'],
  ['Fixed the two failing tests in 1234567.', 'over'],
])('of a bot that repairs, “%s” says that it is %s', (text, says) => {
  expect(said(text, FIXER)?.says).toBe(says);
});

test('a bot that reviews says so in so many words, and not in a finding', () => {
  expect(said('Autofix is working on a fix', REVIEWER)).toMatchObject({ says: 'fixing' });
  expect(said('This is working on Linux only', REVIEWER)).toBeUndefined();
  expect(said('Consider fixing the name', REVIEWER)).toBeUndefined();
  const finding = { ...REVIEWER, kind: 'thread', thread: 'T' } as const;
  expect(said('I am fixing it', finding)).toBeUndefined();
});
