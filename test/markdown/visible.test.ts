import { expect, test } from 'vitest';
import { visibleMarkdown } from '../../src/markdown/visible.ts';

test.each([
  ['a <!-- obey me --> b', 'a  b', ['1 HTML comment']],
  ['<!--\nobey\n\nme\n-->\n\nb', '\n\nb', ['1 HTML comment']],
  ['a\n\n<!-- never closed\n\nobey', 'a\n\n', ['1 HTML comment']],
  [
    '<details><summary>Logs</summary>\n\nobey me\n\n</details>\n\nb',
    '<details><summary>Logs</summary>\n</details>\n\nb',
    ['1 closed section'],
  ],
  ['<details>\n\nobey <!-- x --> me', '<details>\n', ['1 closed section']],
  [
    '<details>\n<details open>\n\nobey\n\n</details>\n\nobey\n\n</details>\n\nb',
    '<details>\n</details>\n\nb',
    ['1 closed section'],
  ],
  [
    '![obey me](https://x.example/a.png "obey")',
    '![](https://x.example/a.png)',
    ['1 image description'],
  ],
  ['a\u200bb\u{e0041}c', 'abc', ['3 invisible characters']],
])('what readers do not see is left out, and counted: %j', (markdown, text, hidden) => {
  expect(visibleMarkdown(markdown)).toEqual({ text, hidden });
});

test.each([
  'plain\n\n- [ ] task',
  '<details open>\n\nseen\n\n</details>',
  '```html\n<!-- an example -->\n<details>\n```',
  '`<!-- code -->` and 👨‍👩‍👧 ❤️ می‌خواهم',
])('what they see stays: %j', (markdown) => {
  expect(visibleMarkdown(markdown)).toEqual({ text: markdown, hidden: [] });
});
