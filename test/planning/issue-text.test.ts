import { describe, expect, test } from 'vitest';
import { readIssueText } from '../../src/planning/rules/issue-text.ts';
import { mentionsOf } from '../../src/planning/rules/mentions.ts';

const said = (body: string) =>
  readIssueText(body)
    .blocks.map(({ text }) => text)
    .join(' | ');

describe('an issue says', () => {
  test.for<[string, string, string]>([
    ['text and items', 'One *two*.\n\n- [ ] three\n- four', 'One two. | three | four'],
    ['what a link is called', '[#3](https://github.com/a/b/issues/3)', '#3'],
    ['an alert', '> [!IMPORTANT]\n> Blocked by #3', 'Blocked by #3'],
    ['HTML’s text', '<h2>Why</h2>\n<b>Because</b> of it', 'Why\n\nBecause of it'],
    ['a sentence in bold type', '**Keep the old one.**', 'Keep the old one.'],
    ['a table', '| a | `b` |\n| --- | --- |\n| c | d |', 'a  … | c  d'],
    [
      'sentences after the environment',
      '#### Environment\n- JDK 21\n\nThe password is written to the log when debugging is on.',
      'The password is written to the log when debugging is on.',
    ],
    ['a full section', '### Steps to reproduce\n\nClick', 'Steps to reproduce | Click'],
  ])('%s', ([, body, expected]) => {
    expect(said(body)).toBe(expected);
  });

  test.for<[string, string]>([
    ['a quote', '> depends on #1'],
    ['struck text', '~~depends on #1~~'],
    ['folded text', '<details><summary>Log</summary>\n\ndepends on #1\n\n</details>'],
    ['a comment', '<!-- Please describe\n\nthe bug -->'],
    ['a badge', '[![build](https://x/badge.svg)](https://x/build)'],
    ['code', '```\ndepends on #1\n```\n\n    after #2'],
    ['an empty section', '### Describe the bug\n\n### Anything else?\n\n_No response_'],
    ['the environment', '## Environment\n\n- macOS after #3\n'],
    ['versions', '- OS: macOS 15\n- Node version: v24\n\nBrowser: Firefox 140'],
    ['a stack trace', 'TypeError: x is undefined\n    at run (src/a.js:1:2)\n    at b.js:3:4'],
    ['a log', '2026-01-01 12:00:00 INFO waits for #3\n12:00:01 blocked by #4'],
    [
      'what a template asks with',
      '**Describe the bug**\nA clear and concise description of what the bug is.\n\n**Additional context**\nAdd any other context about the problem here.',
    ],
    ['a formality', '- [x] I have searched the existing issues\n- [ ] I agree to the rules'],
  ])('nothing by %s', ([, body]) => {
    expect(said(body)).toBe('');
  });

  test('more after what is folded', () => {
    const body = '<details>\n<summary>Log</summary>\n\n```\nx\n```\n\n</details>\n\nBlocked by #4';
    expect(said(body)).toBe('Blocked by #4');
  });
});

test('a log names no files; code, links and the text do, and a template’s headings no words', () => {
  const body = `### Describe the bug

Use \`AuthService\` and [this](https://github.com/a/b/blob/main/src/theme.ts#L3).

\`\`\`ts
import { exported } from './report/view.ts';
\`\`\`

\`\`\`
12:00:01 opened src/other/log.ts
12:00:02 closed src/other/log.ts
\`\`\``;
  const { paths, symbols, words } = mentionsOf({ title: 'Slow', body });
  expect(paths).toEqual(expect.arrayContaining(['src/theme.ts', 'report/view.ts']));
  expect(paths).not.toContain('src/other/log.ts');
  expect(symbols).toContain('AuthService');
  expect(words).not.toContain('bug');
});

test('500 issues with dumps are read in a time that a person waits', () => {
  const dump = `${'    at run (src/a.js:1:2)\n'.repeat(200)}\n\`\`\`\n${'12:00:01 [x](y) *z* `q`\n'.repeat(500)}\`\`\`\n`;
  const begun = process.cpuUsage();
  for (let issue = 0; issue < 500; issue++) readIssueText(`Text ${issue}\n\n${dump}`);
  expect(process.cpuUsage(begun).user).toBeLessThan(5_000_000);
});
