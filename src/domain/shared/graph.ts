/** What each node comes after. Nodes that are no key of the map are outside the graph, and don't count. */
export type Graph = ReadonlyMap<number, readonly number[]>;

/** The graph of issues by what each comes after. */
export const graphOf = (
  issues: readonly { readonly issue: number; readonly after: readonly number[] }[],
): Graph => new Map(issues.map(({ issue, after }) => [issue, after]));

/** Every node after all that it comes after; nodes of a cycle, and what comes after them, are left out. */
export function sorted(graph: Graph): number[] {
  const inside = (after: readonly number[]) => new Set(after.filter((node) => graph.has(node)));
  const missing = new Map([...graph].map(([node, after]) => [node, inside(after).size]));
  const later = reversed(graph);
  const result = [...graph.keys()].filter((node) => missing.get(node) === 0);
  for (const node of result)
    for (const next of later.get(node) ?? []) {
      const left = (missing.get(next) ?? 0) - 1;
      missing.set(next, left);
      if (left === 0) result.push(next);
    }
  return result;
}

/** The same graph with every edge turned round: what comes after each node. */
export function reversed(graph: Graph): Graph {
  const result = new Map<number, number[]>([...graph.keys()].map((node) => [node, []]));
  for (const [node, after] of graph)
    for (const before of new Set(after)) result.get(before)?.push(node);
  return result;
}

/** For each node, how many nodes the longest way that leads to it has. The graph must have no cycle. */
export function depths(graph: Graph): ReadonlyMap<number, number> {
  const result = new Map<number, number>();
  for (const node of sorted(graph)) {
    const before = (graph.get(node) ?? []).flatMap((one) => result.get(one) ?? []);
    result.set(
      node,
      before.reduce((most, depth) => Math.max(most, depth + 1), 0),
    );
  }
  return result;
}

/** The nodes before `start`, directly or by way of others, nearest first; at most `most` of them. */
export function allBefore(graph: Graph, start: number, most = Number.POSITIVE_INFINITY): number[] {
  const found = new Set([start]);
  for (const node of found)
    for (const next of graph.get(node) ?? []) if (found.size <= most) found.add(next);
  found.delete(start);
  return [...found];
}

/** A cycle of two or more nodes, its first node repeated at the end; each comes after the next. */
export function findCycle(graph: Graph): number[] | undefined {
  // What is left comes after a cycle, or is in one: so from any of it, a way back along what is left meets itself.
  const outside = new Set(sorted(withoutLoops(graph)));
  const start = [...graph.keys()].find((node) => !outside.has(node));
  if (start === undefined) return undefined;
  const path: number[] = [];
  const seen = new Map<number, number>();
  for (let node: number | undefined = start; node !== undefined; ) {
    const before = seen.get(node);
    if (before !== undefined) return [...path.slice(before), node];
    seen.set(node, path.length);
    path.push(node);
    const current: number = node;
    node = graph
      .get(current)
      ?.find((next) => next !== current && graph.has(next) && !outside.has(next));
  }
  return undefined;
}

const withoutLoops = (graph: Graph): Graph =>
  new Map([...graph].map(([node, after]) => [node, after.filter((one) => one !== node)]));
