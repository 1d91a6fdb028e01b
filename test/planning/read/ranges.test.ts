import { expect, test } from 'vitest';
import { expandRanges } from '../../../src/planning/read/ranges.ts';

test.each([
  ['124-127', ['124', '125', '126', '127']],
  ['124,126', ['124', '126']],
  ['#124-#125,9,', ['124', '125', '#9'.slice(1)]],
  ['124', ['124']],
  ['#124', ['#124']],
  ['7-7', ['7']],
  // What is no range is refused as it stands.
  ['127-124', ['127-124']],
  ['1-99999', ['1-99999']],
  ['plan-2.yaml', ['plan-2.yaml']],
  ['https://github.com/acme/my-app/issues/1', ['https://github.com/acme/my-app/issues/1']],
])('%j names %j', (text, issues) => {
  expect(expandRanges([text])).toEqual(issues);
});
