import { z } from 'zod';
import { AgentName } from '../settings/agent-settings.ts';
import { findCycle, graphOf } from '../shared/graph.ts';
import { IssueNumber } from '../shared/issue.ts';
import { RepositoryName } from '../shared/repository.ts';
import { LikelyChanges, PlannedOverlap, SlightOverlaps } from './overlap.ts';

/** Two to three sessions are good for a start. */
const DEFAULT_CONCURRENCY = 3;

/** The longest title that a run keeps, in characters, because a run may have thousands of issues. */
export const MAX_TITLE = 100;

export const PlannedIssue = z.strictObject({
  issue: IssueNumber,
  /** Issues this one depends on. */
  after: z.array(IssueNumber).default([]),
  /** Why the session must have its plan approved by a person. */
  caution: z.string().max(2_000).optional(),
  /** The agent that works on it, instead of the run's. */
  agent: AgentName.optional(),
  /** The issue's title, to be shown while no session has read it. */
  title: z.string().max(MAX_TITLE).optional(),
  /** What it will probably change, to be compared with what sessions change. */
  files: LikelyChanges.optional(),
  /** What it may overlap with, too slightly to be told of: such issues start apart where others can. */
  slightOverlaps: SlightOverlaps.optional(),
});
export type PlannedIssue = z.infer<typeof PlannedIssue>;

/** The issues of a run, their order and their cautions. */
export const Plan = z.strictObject({
  repository: RepositoryName,
  issues: z.array(PlannedIssue).min(1, 'a plan needs at least one issue').max(5_000),
  /** Pairs without an order that will probably change the same files. */
  overlaps: z.array(PlannedOverlap).max(5_000).optional(),
  concurrency: z.int().positive().max(100).default(DEFAULT_CONCURRENCY),
});
export type Plan = z.infer<typeof Plan>;
export type PlanInput = z.input<typeof Plan>;

/** What is wrong with a plan's order, every problem at once, one line each; empty when it can be run. */
export function planProblems(issues: readonly PlannedIssue[]): string[] {
  const problems: string[] = [];
  const known = new Set<number>();
  for (const { issue } of issues) {
    if (known.has(issue)) problems.push(`#${issue} is in the plan twice`);
    known.add(issue);
  }
  for (const { issue, after } of issues) {
    for (const dependency of after) {
      if (dependency === issue) problems.push(`#${issue} depends on itself`);
      else if (!known.has(dependency))
        problems.push(`#${issue} depends on #${dependency}, which is not in the plan`);
    }
  }
  const cycle = findCycle(graphOf(issues));
  if (cycle) problems.push(`dependencies go in a circle: ${cycle.map((n) => `#${n}`).join(' → ')}`);
  return problems;
}
