interface Ordered {
  readonly issue: number;
  readonly after: readonly number[];
}

/**
 * Issues by how many must come before them: those of a wave may be worked on at the same time, once the wave before is
 * through. Numbers outside the plan don't count. The order must have no cycle.
 */
export function waves(issues: readonly Ordered[]): number[][] {
  const left = new Map(issues.map(({ issue, after }) => [issue, new Set(after)]));
  for (const after of left.values())
    for (const number of after) if (!left.has(number)) after.delete(number);
  const result: number[][] = [];
  while (left.size > 0) {
    const wave = [...left].filter(([, after]) => after.size === 0).map(([issue]) => issue);
    if (wave.length === 0) throw new Error('the order has a cycle');
    for (const issue of wave) left.delete(issue);
    for (const after of left.values()) for (const issue of wave) after.delete(issue);
    result.push(wave.sort((a, b) => a - b));
  }
  return result;
}
