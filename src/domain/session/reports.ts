import { z } from 'zod';
import { PullRequestSnapshot } from '../pull-request/pull-request.ts';
import { IssueNumber } from '../shared/issue.ts';
import { ParentBranch } from './session.ts';
import { SessionStatus } from './status.ts';
import { Work } from './turn.ts';

/* What a run and its sessions tell each other. */

const ReportedPullRequest = PullRequestSnapshot.omit({ checks: true, mergeable: true });

/** What a run hears of its sessions. */
export const SessionReport = z.object({
  issue: IssueNumber,
  status: SessionStatus,
  /** Whether it has an agent at work, or is about to: then it holds a slot. */
  atWork: z.boolean(),
  branch: z.string(),
  /** Without what a run has no use for: a run of a thousand sessions carries as many reports. */
  pullRequest: ReportedPullRequest.nullable(),
  /** The issue on whose branch it stands; absent once it stands, or is merged, on the branch the work is meant for. */
  parent: IssueNumber.optional(),
  /** The files it has changed, as far as they are known, while it is open. */
  changes: Work.shape.changed,
});
export type SessionReport = z.infer<typeof SessionReport>;

/** Merged means: in the branch the work is meant for, not only in the branch of the parent session. */
export const hasMerged = ({ pullRequest, parent }: SessionReport): boolean =>
  pullRequest?.merged === true && parent === undefined;

export const hasEnded = (session: SessionReport): boolean =>
  session.status === 'cancelled' || hasMerged(session);

/** What a run tells a session of its parent. */
export const DependencyNotice = z.object({
  issue: IssueNumber,
  /** `moved`: its branch has other commits than before, or it was run again and has a pull request again. */
  event: z.enum(['moved', 'merged', 'cancelled']),
  /** With `moved`: what there is to stand on. */
  parentBranch: ParentBranch.optional(),
});
export type DependencyNotice = z.infer<typeof DependencyNotice>;

export const SessionResult = z.object({
  issue: IssueNumber,
  status: z.enum(['merged', 'cancelled']),
  pullRequestUrl: z.string().nullable(),
  turns: z.number().int(),
  costUsd: z.number(),
});
export type SessionResult = z.infer<typeof SessionResult>;
