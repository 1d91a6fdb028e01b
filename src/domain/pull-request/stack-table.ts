import { z } from 'zod';
import type { PlannedIssue } from '../run/plan.ts';
import { hasMerged, type SessionReport } from '../session/reports.ts';
import { allBefore, graphOf, reversed, sorted } from '../shared/graph.ts';
import { IssueNumber } from '../shared/issue.ts';

/** One issue of a stack, as its neighbours' pull requests show it. */
export const StackRow = z.object({
  issue: IssueNumber,
  /** Issues of the stack it stands on. */
  after: z.array(IssueNumber),
  /** Of its pull request; null when it has none yet. */
  pullRequest: z.number().int().positive().nullable(),
  /** `merged below`: into the branch of what it stands on, which is not merged yet. */
  state: z.enum(['not started', 'in work', 'open', 'merged below', 'merged', 'cancelled']),
});
export type StackRow = z.infer<typeof StackRow>;

/** How far a stack is shown from one issue, upwards and downwards each: a reader needs the neighbours, not a thousand. */
const SHOWN = 20;

/**
 * The stack that an issue is part of, from the bottom: what it stands on, itself, and what stands on it, nearest first
 * when there is more than is shown. Empty when nothing does.
 */
export function stackOf(
  issue: number,
  issues: readonly PlannedIssue[],
  sessions: ReadonlyMap<number, SessionReport>,
): StackRow[] {
  const graph = graphOf(issues);
  const neighbours = [
    ...allBefore(reversed(graph), issue, SHOWN),
    issue,
    ...allBefore(graph, issue, SHOWN),
  ];
  if (neighbours.length < 2) return [];
  const shown = new Map(
    neighbours
      .sort((a, b) => a - b)
      .map((one) => [one, (graph.get(one) ?? []).filter((below) => neighbours.includes(below))]),
  );
  return sorted(shown).map((one) => ({
    issue: one,
    after: shown.get(one) ?? [],
    ...stateOf(sessions.get(one)),
  }));
}

function stateOf(session: SessionReport | undefined): Pick<StackRow, 'pullRequest' | 'state'> {
  const pull = session?.pullRequest;
  const pullRequest = pull?.number ?? null;
  if (session && hasMerged(session)) return { pullRequest, state: 'merged' };
  if (!session) return { pullRequest, state: 'not started' };
  if (session.status === 'cancelled') return { pullRequest, state: 'cancelled' };
  if (pull?.merged) return { pullRequest, state: 'merged below' };
  return { pullRequest, state: pull?.state === 'open' ? 'open' : 'in work' };
}

/** The stack in Markdown, with `issue`'s own row marked; GitHub makes links of the numbers. */
export function stackTable(rows: readonly StackRow[], issue: number): string {
  const own = (number: number) => (number === issue ? `**#${number}**` : `#${number}`);
  const isChain = rows.every(({ after }, index) => {
    const below = rows[index - 1];
    return below ? after.length === 1 && after[0] === below.issue : after.length === 0;
  });
  return [
    isChain ? rows.map((row) => own(row.issue)).join(' ← ') : '',
    [
      '| issue | pull request | on top of | state |',
      '| --- | --- | --- | --- |',
      ...rows.map(
        ({ issue: number, pullRequest, after, state }) =>
          `| ${own(number)} | ${pullRequest === null ? '' : `#${pullRequest}`} | ${after.map((one) => `#${one}`).join(', ')} | ${state} |`,
      ),
    ].join('\n'),
    'Review and merge from the top of the table down.',
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
