import { type PlannedIssue, planProblems } from './plan.ts';

/** What a person may change of a run under way. Each function tells why it can't be done, or nothing when it can. */

/** `issues` is the run's plan as it is; one whose session ended `cancelled` may be added again. */
export function addProblem(
  issues: readonly PlannedIssue[],
  entry: PlannedIssue,
  cancelled: (issue: number) => boolean,
): string | undefined {
  if (issues.some(({ issue }) => issue === entry.issue) && !cancelled(entry.issue))
    return `#${entry.issue} is in the run already`;
  const unknown = entry.after.find(
    (dependency) => dependency !== entry.issue && !issues.some(({ issue }) => issue === dependency),
  );
  if (unknown !== undefined)
    return `#${entry.issue} can't come after #${unknown}, which is not in the run: add #${unknown} first, or name one of ${named(issues)}`;
  const others = issues.filter(({ issue }) => issue !== entry.issue);
  const problems = planProblems([...others, entry]);
  return problems.length > 0 ? problems.join('; ') : undefined;
}

/** As many as fit into a line. */
const NAMED = 20;

function named(issues: readonly PlannedIssue[]): string {
  const more = issues.length > NAMED ? ` and ${issues.length - NAMED} more` : '';
  return `${issues
    .slice(0, NAMED)
    .map(({ issue }) => `#${issue}`)
    .join(', ')}${more}`;
}

/** `started` tells whether an issue has, or had, a session. */
export function dropProblem(
  issues: readonly PlannedIssue[],
  started: (issue: number) => boolean,
  issue: number,
): string | undefined {
  if (!issues.some((entry) => entry.issue === issue)) return `#${issue} is not in the run`;
  if (started(issue)) return `#${issue} has a session already: cancel that instead`;
  const dependents = issues.filter(({ after }) => after.includes(issue));
  if (dependents.length === 0) return undefined;
  return `${dependents.map((entry) => `#${entry.issue}`).join(', ')} depends on #${issue}: drop it first`;
}

export function reorderProblem(
  issues: readonly PlannedIssue[],
  started: (issue: number) => boolean,
  first: readonly number[],
): string | undefined {
  if (first.length === 0) return 'no issue is named';
  const seen = new Set<number>();
  for (const issue of first) {
    if (seen.has(issue)) return `#${issue} is named twice`;
    if (!issues.some((entry) => entry.issue === issue)) return `#${issue} is not in the run`;
    if (started(issue)) return `#${issue} has started already`;
    seen.add(issue);
  }
  return undefined;
}
