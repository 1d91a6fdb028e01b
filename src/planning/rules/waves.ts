import { depths, graphOf } from '../../domain/shared/graph.ts';

/**
 * Groups issues into waves. Issues of one wave may be worked on at the same time, when the wave before is
 * finished. Numbers outside the plan are ignored.
 * @throws Error when the order has a cycle
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
