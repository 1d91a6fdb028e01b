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

/** Signals, updates and queries of the workflows, shared with those who send them. */

/** From a person to a session: an answer when it is stuck, an approval of its plan, or text for its next turn. */
export const guidanceSignal = defineSignal<[GuidanceInput]>('guidance');
/**
 * The same as an update: it is refused with the reason when it does not fit the question. A signal can’t be refused,
 * so its refusal is only recorded.
 */
export const guideUpdate = defineUpdate<void, [GuidanceInput]>('guide');

/** From the watcher to a session: the current state of its pull request. */
export const pullRequestSignal = defineSignal<[PullRequestSnapshot]>('pullRequest');

/** From the watcher to a session: new comments on its pull request and its issue. */
export const feedbackSignal = defineSignal<[FeedbackItem[]]>('feedback');

/** From the watcher to a session: the current state of its issue. */
export const issueSignal = defineSignal<[IssueSnapshot]>('issue');

/** From a run to a session: its parent moved, was merged, or was cancelled. */
export const dependencySignal = defineSignal<[DependencyNews]>('dependency');

/** From a run to a session: the rows of its stack, which its pull request shows. */
export const stackSignal = defineSignal<[StackRow[]]>('stack');

/** The status record of a session, as in the status file. */
export const statusQuery = defineQuery<SessionRecord>('status');

/** Everything about a session. */
export const detailQuery = defineQuery<SessionDetail>('detail');

/** From a session to its run: its status or its pull request changed. */
export const sessionSignal = defineSignal<[SessionReport]>('session');

/** A run's sessions and queue. */
export const runStatusQuery = defineQuery<RunStatus>('runStatus');

/** From a person to a session: begin no turn until resumed. The current turn runs to its end. */
export const pauseSignal = defineSignal('pause');
export const resumeSignal = defineSignal('resume');

/** From a person to a stuck or complete session: hold it for a terminal. It is refused with a reason. */
export const attachUpdate = defineUpdate<Attached, [AttachRequest]>('attach');
/** The person has left the terminal, or takes the session back from one that is gone. */
export const detachSignal = defineSignal<[Detach]>('detach');

/** From a person to a run. Each update is refused with a reason, or is done when it returns. */
export const addUpdate = defineUpdate<void, [z.input<typeof PlannedIssue>]>('add');
export const dropUpdate = defineUpdate<void, [number]>('drop');
/** These issues start before the others, in this order. */
export const reorderUpdate = defineUpdate<void, [number[]]>('reorder');
export const workersUpdate = defineUpdate<void, [number]>('workers');
/** Pauses the run and its sessions. */
export const pauseRunUpdate = defineUpdate<void>('pauseRun');
export const resumeRunUpdate = defineUpdate<void>('resumeRun');
