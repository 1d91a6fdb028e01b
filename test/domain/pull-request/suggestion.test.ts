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

const HUNK = '@@ -1,3 +1,4 @@\n function f() {\n-  old;\n+  x\n+  let c;\n+  let d;';
const place = { hunk: HUNK, startLine: 3, line: 4 };

test('a suggestion that a person commits counts as done', () => {
  const file = 'function f() {\r\n  x\r\n  let a;\r\n  let b;\r\ny';
  expect(isCommitted(thread(place), file)).toBe(true);
  // Lines were added above it.
  expect(isCommitted(thread(place), `// more\n${file}`)).toBe(true);
  expect(isCommitted(thread(place), 'function f() {\n  x\n  let b;\n  let a;\ny')).toBe(false);
  expect(isCommitted(thread(place), null)).toBe(false);
  expect(isCommitted(thread({ ...place, outdated: false }), file)).toBe(false);
  expect(isCommitted(thread({ ...place, text: 'Sort them' }), 'Sort them')).toBe(false);
});

test('words beside a suggestion are not done when it is committed', () => {
  const file = 'function f() {\n  x\n  let a;\n  let b;\ny';
  const block = '```suggestion\n  let a;\n  let b;\n```';
  const isDone = (text: string) => isCommitted(thread({ ...place, text }), file);
  for (const text of [block, `Sort them:\n${block}`, `Nit: sort them\n\n${block}\nThanks!`])
    expect(isDone(text)).toBe(true);
  for (const text of [
    `Sort them:\n${block}\nand add a test for it, please.`,
    `Sort them. The same holds for b.ts.\n${block}`,
    `Sort them, and add a test:\n${block}`,
    `Sort them:\n${block}\nOr:\n${block}`,
    `This is read twice.\nSort them:\n${block}`,
  ])
    expect(isDone(text)).toBe(false);
});

test('a suggested line counts at its place, not where the same line stands anyway', () => {
  const text = '```suggestion\n}\n```';
  const hunk = '@@ -1,4 +1,4 @@\n function f() {\n   g();\n+};';
  const brace = thread({ text, hunk, startLine: null, line: 3 });
  expect(isCommitted(brace, 'function f() {\n  g();\n};\nfunction h() {\n}\n')).toBe(false);
  expect(isCommitted(brace, 'function f() {\n  g();\n}\nfunction h() {\n};\n')).toBe(true);
  // Without a line before it, its number tells the place.
  const atStart = thread({ text, hunk: '@@ -0,0 +1,2 @@\n+};', startLine: null, line: 1 });
  expect(isCommitted(atStart, '};\n}\n')).toBe(false);
  expect(isCommitted(atStart, '}\n')).toBe(true);
});
