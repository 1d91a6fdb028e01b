import { describe, expect, test } from 'vitest';
import { parseReferences } from '../../../src/planning/read/references.ts';

describe('issues', () => {
  test.for([
    ['124', { number: 124 }],
    ['#124', { number: 124 }],
    ['https://github.com/acme/app/issues/124', { number: 124, repository: 'acme/app' }],
    [
      'https://github.com/acme/app/issues/124#issuecomment-5',
      { number: 124, repository: 'acme/app' },
    ],
    ['http://127.0.0.1:8080/acme/app/issues/7/', { number: 7, repository: 'acme/app' }],
  ] as const)('%s is one', ([text, issue]) => {
    expect(parseReferences([text], [])).toEqual({ issues: [issue], order: [], mistakes: [] });
  });

  const none = [
    '',
    ' ',
    '0',
    '-1',
    '+1',
    '1.5',
    '1e3',
    '0x10',
    '007',
    '99999999999',
    '2147483648',
    'NaN',
    'Infinity',
    '１２４',
    '#',
    '##1',
    '2-1',
    '1 2',
    '1-',
    '#1; rm -rf ~',
    '$(id)',
    '`id`',
    '../../etc/passwd',
    '--upload-pack=touch /tmp/x',
    '1\n2',
    '1\u00002',
    '\u001b[31m1',
    '🌳',
    'app#124',
    'github.com/acme/app/issues/124',
    'https://github.com/acme/app/issues',
    'https://github.com/acme/app/issues/x',
    'https://github.com/acme/../issues/1',
    'https://github.com/acme/a%2fb/issues/1',
    'ftp://github.com/acme/app/issues/1',
    'file:///acme/app/issues/1',
    'x'.repeat(1_000_000),
  ];
  test.for(none.map((text) => [JSON.stringify(text).slice(0, 40), text] as const))(
    '%s is none, and is named in one short line',
    ([, text]) => {
      const { issues, mistakes } = parseReferences([text], []);
      expect(issues).toEqual([]);
      expect(mistakes).toEqual([expect.stringMatching(/^".*" is not an issue: give a number/u)]);
      expect(mistakes[0]?.length).toBeLessThan(150);
      expect(mistakes[0]).not.toMatch(/\p{Cc}/u);
    },
  );
});

describe('the order', () => {
  test.for([
    ['127:126', { issue: 127, after: [126] }],
    ['#127:#126', { issue: 127, after: [126] }],
    ['127:126,125', { issue: 127, after: [126, 125] }],
    ['127: 126, 125', { issue: 127, after: [126, 125] }],
  ] as const)('%s is one', ([text, entry]) => {
    expect(parseReferences([], [text])).toMatchObject({ order: [entry], mistakes: [] });
  });

  test.for(['', ':', '127', '127:', ':126', '127:126:125', '127:126,', '127:x', '127>126', 'a:b'])(
    '%j is none',
    (text) => {
      const { order, mistakes } = parseReferences([], [text]);
      expect(order).toEqual([]);
      expect(mistakes).toEqual([
        `--after "${text}" is not an order: 127:126 means #127 after #126`,
      ]);
    },
  );
});

test('every mistake is named at once', () => {
  expect(parseReferences(['1', 'x', 'y'], ['z']).mistakes).toHaveLength(3);
});
