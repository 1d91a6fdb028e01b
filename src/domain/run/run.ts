import { z } from 'zod';
import { SessionReport } from '../session/reports.ts';
import { AgentName } from '../settings/agent-settings.ts';
import { BranchName } from '../settings/formats.ts';
import { Policy } from '../settings/policy.ts';
import { IssueNumber } from '../shared/issue.ts';
import { Plan } from './plan.ts';

/** Input of `runWorkflow`. */
export const RunInput = Plan.extend({
  /** The run's name; the last part of its workflow id. */
  name: z.string().min(1),
  /** The branch its pull requests are meant for; coppice.yaml's, or else the remote's default, when absent. */
  base: BranchName.optional(),
  /** The agent of its sessions, unless an issue names another: one of coppice.yaml's, or an adapter. */
  agent: AgentName.optional(),
  stacking: Policy.shape.stacking,
  review: Policy.shape.review,
  mergedBranches: Policy.shape.mergedBranches,
  githubStacks: Policy.shape.githubStacks,
});
export type RunInput = z.infer<typeof RunInput>;
export type RunArguments = z.input<typeof RunInput>;

/** A run as a query shows it. */
export const RunStatus = z.object({
  name: z.string(),
  repository: Plan.shape.repository,
  concurrency: z.number(),
  /** Nothing new starts, and sessions begin no turn. */
  paused: z.boolean(),
  /** It was cancelled: it starts nothing more, and only sees its sessions to their end. */
  closed: z.boolean(),
  /** The issues it was started with, whatever was added or dropped since. */
  planned: z.array(IssueNumber),
  sessions: z.array(SessionReport),
  /** Titles of its issues by number, as far as it was told them. */
  titles: z.record(z.string(), z.string()).default({}),
  /** Issues not started, and what each waits for. */
  queue: z.array(
    z.object({
      issue: z.number(),
      waitingFor: z.string(),
      /** Set when another's work keeps it from starting: `#126 changes src/auth/service.js`. */
      waitsWhile: z.string().optional(),
    }),
  ),
  /** Issues that got no session, with the reason. */
  notStarted: z.array(z.object({ issue: z.number(), reason: z.string() })).default([]),
});
export type RunStatus = z.infer<typeof RunStatus>;

/** Whether a run was started with exactly these issues, or has exactly these now. */
export function isRunOf(run: RunStatus, issues: readonly number[]): boolean {
  const now = [...run.sessions, ...run.queue].map(({ issue }) => issue);
  return [run.planned, now].some((known) => inOrder(known) === inOrder(issues));
}

const inOrder = (issues: readonly number[]): string => issues.toSorted((a, b) => a - b).join(' ');

export const RunResult = z.object({
  merged: z.array(z.number()),
  cancelled: z.array(z.number()),
  /** Issues that never got a session of this run, with the reason. */
  notStarted: z.array(z.object({ issue: z.number(), reason: z.string() })),
});
export type RunResult = z.infer<typeof RunResult>;
