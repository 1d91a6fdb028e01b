import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allBefore, depths, findCycle, graphOf, sorted } from '../../../src/domain/shared/graph.ts';

const graph = (edges: Record<number, number[]>) =>
  graphOf(Object.entries(edges).map(([issue, after]) => ({ issue: Number(issue), after })));

test('what a node comes after stands before it, and what is outside does not count', () => {
  expect(sorted(graph({ 1: [3], 2: [1, 99], 3: [] }))).toEqual([3, 1, 2]);
});

test('the depth of a node is the length of the longest way to it', () => {
  expect([...depths(graph({ 1: [], 2: [1], 3: [1, 2], 4: [] }))]).toEqual([
    [1, 0],
    [4, 0],
    [2, 1],
    [3, 2],
  ]);
});

test('the nearest come first, and only so many', () => {
  const order = graph({ 1: [], 2: [1], 3: [2], 4: [3, 1] });
  expect(allBefore(order, 4)).toEqual([3, 1, 2]);
  expect(allBefore(order, 4, 2)).toEqual([3, 1]);
});

test('a chain of thousands is no trouble', () => {
  const chain = graphOf(Array.from({ length: 20_000 }, (_, n) => ({ issue: n, after: [n - 1] })));
  expect(findCycle(chain)).toBeUndefined();
  expect(depths(chain).get(19_999)).toBe(19_999);
  const circle = new Map([...chain, [0, [19_999]]]);
  expect(findCycle(circle)).toHaveLength(20_001);
});

const anyGraph = fc
  .array(fc.array(fc.nat(11), { maxLength: 4 }), { maxLength: 12 })
  .map((all) => graphOf(all.map((after, issue) => ({ issue, after }))));

test('either each node can be sorted, or there is a cycle; a node that comes after itself is none', () => {
  fc.assert(
    fc.property(anyGraph, (any) => {
      const order = new Map(
        [...any].map(([node, after]) => [node, after.filter((n) => n !== node)]),
      );
      const found = sorted(order);
      const cycle = findCycle(any);
      expect(cycle === undefined).toBe(found.length === order.size);
      for (const [node, after] of order)
        for (const before of after.filter((one) => found.includes(node) && order.has(one)))
          expect(found.indexOf(before)).toBeLessThan(found.indexOf(node));
      if (!cycle) return;
      expect(cycle[0]).toBe(cycle.at(-1));
      expect(new Set(cycle).size).toBe(cycle.length - 1);
      for (const [index, node] of cycle.slice(0, -1).entries())
        expect(order.get(node)).toContain(cycle[index + 1]);
    }),
  );
});
