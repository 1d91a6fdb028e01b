import { expect, test } from 'vitest';
import type { FeedbackItem } from '../../../src/domain/pull-request/feedback.ts';
import { isCommitted, suggestionIn } from '../../../src/domain/pull-request/suggestion.ts';
import { PLACELESS } from '../../support/feedback.ts';

const TEXT = 'Sort them:\n```suggestion\n  let a;\n  let b;\n```\nPlease.';

const thread = (more: Partial<FeedbackItem> = {}): FeedbackItem => ({
  ...{ id: 'reply:1', node: 'a', kind: 'thread', onIssue: false, author: 'ann', bot: false },
  ...{ mayWrite: true, text: TEXT, url: 'u', at: '', ...PLACELESS },
  ...{ path: 'a.ts', line: 2, thread: 'T', outdated: true },
  ...more,
});

test('a suggestion is the lines of its block', () => {
  expect(suggestionIn(TEXT)).toBe('  let a;\n  let b;\n');
  expect(suggestionIn('```ts\nlet a;\n```')).toBeUndefined();
  expect(suggestionIn('```suggestion\n```')).toBeUndefined();
});

test('a suggestion that a person commits counts as done', () => {
  expect(isCommitted(thread(), 'x\r\n  let a;\r\n  let b;\r\ny')).toBe(true);
  expect(isCommitted(thread(), 'x\n  let b;\n  let a;\ny')).toBe(false);
  expect(isCommitted(thread(), null)).toBe(false);
  expect(isCommitted(thread({ outdated: false }), '  let a;\n  let b;\n')).toBe(false);
  expect(isCommitted(thread({ text: 'Sort them' }), 'Sort them')).toBe(false);
});
