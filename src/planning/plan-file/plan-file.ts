import { z } from 'zod';
import { LikelyChanges, PlannedOverlap, SlightOverlaps } from '../../domain/run/overlap.ts';
import { Plan, type PlanInput } from '../../domain/run/plan.ts';
import { AgentName } from '../../domain/settings/agent-settings.ts';
import { BranchName } from '../../domain/settings/formats.ts';
import { IssueNumber } from '../../domain/shared/issue.ts';
import { RepositoryName } from '../../domain/shared/repository.ts';

/**
 * Where an order between two issues was found: with a person, in GitHub's own relations, in an issue's text,
 * in a likely overlap, or by an agent.
 */
const EDGE_SOURCES = [
  'person',
  'native',
  'sub-issue',
  'task-list',
  'text',
  'overlap',
  'agent',
] as const;

const Note = z.string().min(1).max(2_000);

/** An issue comes after `issue`. A bare number means that a person decided it. */
const Edge = z.strictObject(
  {
    issue: IssueNumber.describe('Number of the issue that comes before'),
    source: z.enum(EDGE_SOURCES).default('person').describe('Where the order was found'),
    evidence: Note.optional().describe('What it was taken from, in one line'),
  },
  {
    error: ({ code }) =>
      code === 'invalid_type'
        ? 'expected the number of an issue, without #, or a section with issue, source and evidence'
        : undefined,
  },
);

export const After = z.preprocess(
  (value) => (typeof value === 'number' ? { issue: value } : value),
  Edge,
);
export type After = z.infer<typeof After>;

/** The forms of an order in a file, for the JSON Schema. */
export const WrittenAfter = z.union([Edge.shape.issue, Edge]);

export const PlanFileIssue = z.strictObject({
  issue: IssueNumber.describe('Number of the issue, without #'),
  after: z
    .array(After)
    .default([])
    .describe('The issues before it: numbers, or sections that say where the order was found'),
  caution: Note.optional().describe(
    'Why its session waits for your approval after planning; remove it to lift the caution',
  ),
  agent: AgentName.optional().describe(
    'The agent that works on it: one named in agents: of coppice.yaml, or an adapter',
  ),
  files: LikelyChanges.optional().describe(
    'What it will probably change, each file with how probable that is, to be compared with what sessions change',
  ),
  slightOverlaps: SlightOverlaps.optional().describe(
    'Other issues that may change the same files, though that is less probable than of those under overlaps',
  ),
  notes: z
    .array(Note)
    .default([])
    .describe('What was found or decided about it; these notes change nothing'),
});
export type PlanFileIssue = z.infer<typeof PlanFileIssue>;

const LeftOut = z.strictObject({
  issue: IssueNumber.describe('Number of the issue, without #'),
  reason: Note.describe('Why it is not run'),
});

/** plan.yaml: a plan that a person can read and edit, with the source of everything in it. */
export const PlanFile = z.strictObject({
  repository: RepositoryName.describe('The repository it is for; it is refused in any other'),
  base: BranchName.optional().describe('Base branch; that of coppice.yaml when absent'),
  workers: Plan.shape.concurrency.describe('How many sessions may have an agent at work at once'),
  issues: z
    .array(PlanFileIssue)
    .min(1, 'a plan needs at least one issue')
    .max(5_000)
    .describe('The issues of the run; when several could start, the first in the file starts'),
  overlaps: z
    .array(
      PlannedOverlap.extend({
        issues: PlannedOverlap.shape.issues.describe(
          'Two issues, neither of which comes after the other',
        ),
        score: PlannedOverlap.shape.score.describe(
          'How probable it is that they change a file in common',
        ),
        files: PlannedOverlap.shape.files.describe('The files that count most'),
        apart: PlannedOverlap.shape.apart.describe(
          'Whether they are not worked on at the same time',
        ),
      }),
    )
    .max(5_000)
    .default([])
    .describe(
      'Issues that may change the same files: what overlaps least with the work under way starts next',
    ),
  leftOut: z.array(LeftOut).default([]).describe('Issues that were asked for and are not run'),
});
export type PlanFile = z.infer<typeof PlanFile>;

/** The part of a plan file with which a run is started. */
export const toPlan = ({ repository, workers: concurrency, issues, overlaps }: PlanFile) =>
  ({
    repository,
    concurrency,
    overlaps,
    issues: issues.map(({ issue, after, caution, agent, files, slightOverlaps }) => ({
      issue,
      after: [...new Set(after.map((edge) => edge.issue))],
      ...(caution !== undefined && { caution }),
      ...(agent !== undefined && { agent }),
      ...(files !== undefined && { files }),
      ...(slightOverlaps !== undefined && { slightOverlaps }),
    })),
  }) satisfies PlanInput;

/**
 * The pairs that a run does not work on at the same time, one line each: `#124 and #126 are not worked on at
 * the same time: both change src/auth.js (0.81)`.
 */
export const apartText = ({ overlaps }: Pick<PlanFile, 'overlaps'>): string[] =>
  overlaps
    .filter(({ apart }) => apart)
    .map(
      ({ issues: [a, b], files, score }) =>
        `#${a} and #${b} are not worked on at the same time: both probably change ${files.join(' and ') || 'the same files'} (${score})`,
    );
