import { expect, test } from 'vitest';
import type { FeedbackItem } from '../../../src/domain/pull-request/feedback.ts';
import { FIXING_BOTS, repairAnnouncement } from '../../../src/domain/pull-request/other-fixer.ts';
import { PLACELESS } from '../../support/feedback.ts';

const said = (text: string, more: Partial<FeedbackItem> = {}) =>
  repairAnnouncement(
    {
      ...{ id: 'a', node: 'a', kind: 'comment', onIssue: false, author: 'copilot-swe-agent' },
      ...{ bot: true, mayWrite: false, text, url: 'u', at: '', ...PLACELESS },
      ...more,
    },
    FIXING_BOTS,
  );

test.each([
  ['Copilot has started working on this', 'fixing'],
  ['Looking at the failed job', 'fixing'],
  ['🔧 Nx Cloud is generating a fix for your failed CI', 'fixing'],
  ['On it! 👍', 'fixing'],
  ['I’ve pushed a fix in 1234567', 'over'],
  ['Unable to find the cause', 'over'],
  ['Fixed the two failing tests in 1234567.', 'over'],
])('of a bot that repairs, “%s” says that it is %s', (text, says) => {
  expect(said(text)).toBe(says);
});

test.each([
  '| Command | Status |\n| --- | --- |\n| `nx affected -t test` | ⏳ In Progress |',
  '☁️ Nx Cloud last updated this comment at 12:00. View your CI pipeline execution.',
  'Hi! I am a bot that runs your formatters. See the settings for fixing problems.',
])('what such a bot says besides is no mark of a repair: %j', (text) => {
  expect(said(text)).toBeUndefined();
});

test('nobody else is taken to repair it, whatever they say', () => {
  const person = { author: 'ann', bot: false, mayWrite: true };
  for (const text of ['I’m fixing this', 'I got this error when I ran it', 'Leave it to me'])
    expect(said(text, person)).toBeUndefined();
  expect(said('I am fixing it', { author: 'spam[bot]' })).toBeUndefined();
  expect(said('I am fixing it', { onIssue: true })).toBeUndefined();
});

test('Copilot’s findings on lines are a review, not a repair', () => {
  expect(said('This leaks', { author: 'copilot', kind: 'thread', thread: 'T' })).toBeUndefined();
});
