import { describe, expect, test } from 'vitest';
import { Order } from '../../../src/planning/rules/order.ts';
import { type Capacity, recommendConcurrency } from '../../../src/planning/rules/recommendation.ts';
import type { Dependency, SurveyedIssue } from '../../../src/planning/rules/survey.ts';
import { waves } from '../../../src/planning/rules/waves.ts';

const order = (numbers: number[], edges: [of: number, issue: number][]) => {
  const made = new Order(numbers);
  for (const [of, issue] of edges) made.add({ of, issue, source: 'text', evidence: 'x' });
  return made;
};

const edges = (made: Order, numbers: number[]) =>
  numbers.flatMap((of) => made.after(of).map(({ issue, source }) => [of, issue, source]));

describe('an order', () => {
  test('keeps the first source of an edge, and nothing outside the plan or about itself', () => {
    const made = order(
      [1, 2],
      [
        [1, 1],
        [1, 9],
        [9, 1],
        [2, 1],
      ],
    );
    made.add({ of: 2, issue: 1, source: 'person' });
    expect(edges(made, [1, 2])).toEqual([[2, 1, 'text']]);
  });

  test('names a circle step by step', () => {
    expect(
      order(
        [1, 2, 3],
        [
          [1, 2],
          [2, 3],
        ],
      ).cycle(),
    ).toBeUndefined();
    expect(
      order(
        [1, 2],
        [
          [1, 2],
          [2, 1],
        ],
      ).cycle(),
    ).toBe('dependencies go in a circle: #1 after #2 (text: “x”), #2 after #1 (text: “x”)');
  });

  test('loses the weakest edge that a text gave to each circle, and no other', () => {
    const circle = (...found: Dependency[]) => {
      const made = new Order([1, 2, 3]);
      for (const one of found) made.add(one);
      return made.breakCycles().map(({ of, issue }) => [of, issue]);
    };
    const text = (of: number, issue: number, evidence: string) =>
      ({ of, issue, source: 'text', evidence }) as const;
    const native = { of: 2, issue: 1, source: 'native' } as const;
    expect(circle(text(1, 2, 'Depends on #2'), text(2, 1, 'once #1 is merged'))).toEqual([[2, 1]]);
    expect(circle(text(1, 2, 'Depends on #2'), text(2, 1, '#1: blocks #2'))).toEqual([[2, 1]]);
    expect(circle(text(1, 2, 'Depends on #2'), text(2, 1, 'Depends on #1'))).toEqual([[2, 1]]);
    expect(circle(text(1, 2, 'Depends on #2'), native)).toEqual([[1, 2]]);
    expect(circle({ of: 1, issue: 2, source: 'task-list' }, native)).toEqual([[1, 2]]);
    expect(circle({ of: 1, issue: 2, source: 'person' }, native)).toEqual([]);
  });

  const issues = (titles: Record<number, string>) =>
    new Map(
      Object.entries(titles).map(([number, title]) => [
        Number(number),
        { title, labels: [] } as unknown as SurveyedIssue,
      ]),
    );
  const pair = (a: number, b: number, score = 0.5) => ({ a, b, score, evidence: 'file' });

  test.for<
    [string, [number, number][], ReturnType<typeof pair>[], Record<number, string>, unknown]
  >([
    ['lower number first', [], [pair(1, 2)], {}, [[2, 1, 'person']]],
    ['a refactoring first', [], [pair(1, 2)], { 2: 'Refactor it' }, [[1, 2, 'person']]],
    ['of two, the lower', [], [pair(1, 2)], { 1: 'Rename', 2: 'Refactor' }, [[2, 1, 'person']]],
    ['none that is there', [[1, 2]], [pair(1, 2)], {}, [[1, 2, 'text']]],
    [
      'none that follows',
      [
        [2, 1],
        [3, 2],
      ],
      [pair(1, 3)],
      {},
      [
        [2, 1, 'text'],
        [3, 2, 'text'],
      ],
    ],
    ['no complaint first', [], [pair(1, 2)], { 2: 'Rename dialog crashes' }, [[2, 1, 'person']]],
    ['no noun first', [], [pair(1, 2)], { 2: 'Move button does nothing' }, [[2, 1, 'person']]],
    ['a prefixed one', [], [pair(1, 2)], { 2: 'refactor(api): take apart' }, [[1, 2, 'person']]],
  ])('puts what a person wants apart in an order: %s', ([, given, pairs, titles, expected]) => {
    const made = order([1, 2, 3], given);
    made.separate(pairs, issues(titles));
    expect(edges(made, [1, 2, 3])).toEqual(expected);
    expect(made.cycle()).toBeUndefined();
  });

  test('of random pairs never goes in a circle', () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed % below;
    };
    for (let round = 0; round < 200; round++) {
      const numbers = [1, 2, 3, 4, 5, 6, 7, 8];
      const upward = numbers.slice(1).map((of): [number, number] => [of, 1 + random(of - 1)]);
      const made = order(
        numbers,
        upward.filter(() => random(2) === 0),
      );
      const pairs = Array.from({ length: 12 }, () => [1 + random(8), 1 + random(8)].sort())
        .filter(([a, b]) => a !== b)
        .map(([a = 0, b = 0]) => pair(a, b));
      const titles = Object.fromEntries(
        numbers.map((n) => [n, random(3) === 0 ? 'Rename' : 'Add']),
      );
      made.separate(pairs, issues(titles));
      expect(made.cycle()).toBeUndefined();
    }
  });
});

test.for<[string, [number, number[]][], number[][]]>([
  ['nothing', [], []],
  [
    'one wave',
    [
      [2, []],
      [1, []],
    ],
    [[1, 2]],
  ],
  [
    'a chain',
    [
      [3, [2]],
      [2, [1]],
      [1, []],
    ],
    [[1], [2], [3]],
  ],
  [
    'a diamond',
    [
      [4, [2, 3]],
      [3, [1]],
      [2, [1]],
      [1, []],
    ],
    [[1], [2, 3], [4]],
  ],
  ['something outside', [[2, [9]]], [[2]]],
])('waves of %s', ([, plan, expected]) => {
  expect(waves(plan.map(([issue, after]) => ({ issue, after })))).toEqual(expected);
});

test.for<[string, Partial<Capacity>, number, RegExp]>([
  ['a narrow plan', { width: 1 }, 1, /one issue at a time/],
  ['a wide plan', {}, 3, /2 to 3 are a good start/],
  ['little memory', { memoryBytes: 4.5 * 1024 ** 3 }, 2, /GB of memory/],
  ['hardly any', { memoryBytes: 1024 ** 3 }, 1, /GB of memory/],
  ['a single core', { cores: 1 }, 2, /1 core$/],
  ['one reviewer', { review: 2 }, 2, /2 pull requests may wait/],
  ['someone who wants more', { configured: 4 }, 4, /good start/],
  ['someone who wants too many', { configured: 12 }, 5, /more than 5 pile up/],
])('workers for %s', ([, changes, value, reason]) => {
  const capacity = { width: 9, memoryBytes: 64 * 1024 ** 3, cores: 16, review: 9, configured: 3 };
  expect(recommendConcurrency({ ...capacity, ...changes })).toEqual({
    value,
    reason: expect.stringMatching(reason),
  });
});
