import { z } from 'zod';
import { SessionReport } from '../session/reports.ts';
import { IssueNumber } from '../shared/issue.ts';
import { type RunInput, RunResult } from './run.ts';

/** What a run has sent and done already, so that it does each thing once. Records are by issue number. */
export const SentNotices = z.object({
  /**
   * What each dependent was last told of its dependencies: by dependent and by dependency, `merged`, `cancelled`, or the
   * commit of the dependency's pull request.
   */
  dependencies: z.record(z.string(), z.record(z.string(), z.string())).default({}),
  /** Digest of the stack that each session was last told. */
  stacks: z.record(z.string(), z.string()).default({}),
  /** Stacks registered with GitHub: their pull requests, by the lowest one's number. */
  registered: z.record(z.string(), z.array(z.number())).default({}),
  /** The repository has no stacks on GitHub, so none is registered any more. */
  withoutGitHubStacks: z.boolean().default(false),
  /** Commits at which branches of merged sessions were deleted. */
  deletedBranches: z.record(z.string(), z.string()).default({}),
});
export type SentNotices = z.infer<typeof SentNotices>;

/** What a run knows besides its input. It is plain data, so that it survives continue-as-new. */
export const RunState = z.object({
  /** The latest report of each session. */
  sessions: z.array(SessionReport).default([]),
  /** Issues that got no session, and why. */
  notStarted: RunResult.shape.notStarted.default([]),
  notices: SentNotices.prefault({}),
  /** Issues that a person put first. */
  first: z.array(IssueNumber).default([]),
  paused: z.boolean().default(false),
  /** The run was cancelled: it starts no more sessions. */
  closed: z.boolean().default(false),
  /** Issues that could start, the one that has waited longest first. */
  ready: z.array(IssueNumber).default([]),
  /** The issues that the run was started with. */
  planned: z.array(IssueNumber),
  /** Ids of the latest updates, each of which is taken once. */
  updates: z.array(z.string()).default([]),
});
export type RunState = z.infer<typeof RunState>;

export const newRunState = ({ issues }: RunInput): RunState =>
  RunState.parse({ planned: issues.map(({ issue }) => issue) });

/**
 * The state that a former execution carried over, in the form of today: a part that it did not know yet gets its
 * default. @throws ZodError when it is no state of a run
 */
export const migrateRunState = (carried: unknown): RunState => RunState.parse(carried);
