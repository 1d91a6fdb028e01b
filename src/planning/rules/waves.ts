import { depths, graphOf } from '../../domain/shared/graph.ts';

/**
 * Issues by how many must come before them: those of a wave may be worked on at the same time, once the wave before is
 * through. Numbers outside the plan don't count. The order must have no cycle.
 */
export function waves(
  issues: readonly { readonly issue: number; readonly after: readonly number[] }[],
): number[][] {
  const waveOf = depths(graphOf(issues));
  if (waveOf.size < issues.length) throw new Error('the order has a cycle');
  const result: number[][] = [];
  for (const [issue, wave] of [...waveOf].sort(([a], [b]) => a - b)) {
    result[wave] ??= [];
    result[wave].push(issue);
  }
  return result;
}
