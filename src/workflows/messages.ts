import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { z } from 'zod';
import type { FeedbackItem, IssueSnapshot } from '../domain/pull-request/feedback.ts';
import type { PullRequestSnapshot } from '../domain/pull-request/pull-request.ts';
import type { StackRow } from '../domain/pull-request/stack-table.ts';
import type { PlannedIssue } from '../domain/run/plan.ts';
import type { RunStatus } from '../domain/run/run.ts';
import type { AttachRequest, Detach } from '../domain/session/attachment.ts';
import type { GuidanceInput } from '../domain/session/guidance.ts';
import type {
  Attached,
  DependencyNews,
  SessionDetail,
  SessionRecord,
  SessionReport,
} from '../domain/session/session.ts';

/** Messages of workflows, shared with whoever sends them. */

/** A person to a session: an answer when it is stuck, an approval of its plan, or words for its next turn. */
export const guidanceSignal = defineSignal<[GuidanceInput]>('guidance');
/** The same, refused with the reason when it answers nothing that is asked; what a signal carries can only be noted. */
export const guideUpdate = defineUpdate<void, [GuidanceInput]>('guide');

/** The watcher to a session: what its pull request is now. */
export const pullRequestSignal = defineSignal<[PullRequestSnapshot]>('pullRequest');

/** The watcher to a session: what was said on its pull request and its issue. */
export const feedbackSignal = defineSignal<[FeedbackItem[]]>('feedback');

/** The watcher to a session: its issue as it is now. */
export const issueSignal = defineSignal<[IssueSnapshot]>('issue');

/** A run to a session: something happened to the session below it. */
export const dependencySignal = defineSignal<[DependencyNews]>('dependency');

/** A run to a session: the stack it is part of, for its pull request to show. */
export const stackSignal = defineSignal<[StackRow[]]>('stack');

/** The seed's status record of a session. */
export const statusQuery = defineQuery<SessionRecord>('status');

/** Everything about a session. */
export const detailQuery = defineQuery<SessionDetail>('detail');

/** A session to its run: its status or pull request changed. */
export const sessionSignal = defineSignal<[SessionReport]>('session');

/** A run's sessions and queue. */
export const runStatusQuery = defineQuery<RunStatus>('runStatus');

/** A person to a session: begin no turn until resumed; the one under way goes on to its end. */
export const pauseSignal = defineSignal('pause');
export const resumeSignal = defineSignal('resume');

/** A person to a session that is stuck or complete: hold it for my terminal. Refused with a reason. */
export const attachUpdate = defineUpdate<Attached, [AttachRequest]>('attach');
/** The person has left the terminal, or takes the session back from one that is gone. */
export const detachSignal = defineSignal<[Detach]>('detach');

/** A person to a run. Each is refused with a reason, or done when it returns. */
export const addUpdate = defineUpdate<void, [z.input<typeof PlannedIssue>]>('add');
export const dropUpdate = defineUpdate<void, [number]>('drop');
/** These issues start before the others, in this order. */
export const reorderUpdate = defineUpdate<void, [number[]]>('reorder');
export const workersUpdate = defineUpdate<void, [number]>('workers');
/** Pauses the run and its sessions. */
export const pauseRunUpdate = defineUpdate<void>('pauseRun');
export const resumeRunUpdate = defineUpdate<void>('resumeRun');
