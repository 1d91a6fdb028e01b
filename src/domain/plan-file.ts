import { z } from 'zod';
import { IssueNumber } from './issue.ts';
import { Plan, type PlanInput } from './plan.ts';
import { BranchName } from './policy.ts';
import { RepositoryName } from './repository.ts';

/** Where an order between two issues comes from: GitHub's own relations, the issue's text, a likely conflict, or a person. */
const EDGE_SOURCES = ['person', 'native', 'sub-issue', 'task-list', 'text', 'overlap'] as const;

const Remark = z.string().min(1).max(2_000);

/** One issue comes after `issue`. A bare number is a person's own word. */
export const After = z.preprocess(
  (value) => (typeof value === 'number' ? { issue: value } : value),
  z.strictObject(
    {
      issue: IssueNumber,
      source: z.enum(EDGE_SOURCES).default('person'),
      /** What it was taken from, in one line. */
      evidence: Remark.optional(),
    },
    {
      error: ({ code }) =>
        code === 'invalid_type'
          ? 'expected the number of an issue, without #, or a section with issue, source and evidence'
          : undefined,
    },
  ),
);
export type After = z.infer<typeof After>;

export const PlanFileIssue = z.strictObject({
  issue: IssueNumber,
  after: z.array(After).default([]),
  /** Why the session must have its plan approved by a person. */
  caution: Remark.optional(),
  /** What was found or decided about it, and changes nothing. */
  notes: z.array(Remark).default([]),
});
export type PlanFileIssue = z.infer<typeof PlanFileIssue>;

/** plan.yaml: a plan as a person reads and edits it, with where everything in it comes from. */
export const PlanFile = z.strictObject({
  repository: RepositoryName,
  base: BranchName.optional(),
  workers: Plan.shape.workers,
  issues: z.array(PlanFileIssue).min(1, 'a plan needs at least one issue').max(5_000),
  /** Issues that were asked for and are not part of the run. */
  leftOut: z.array(z.strictObject({ issue: IssueNumber, reason: Remark })).default([]),
});
export type PlanFile = z.infer<typeof PlanFile>;

/** What of a plan file a run is started with. */
export const toPlan = ({ repository, workers, issues }: PlanFile): PlanInput => ({
  repository,
  workers,
  issues: issues.map(({ issue, after, caution }) => ({
    issue,
    after: [...new Set(after.map((edge) => edge.issue))],
    ...(caution !== undefined && { caution }),
  })),
});
