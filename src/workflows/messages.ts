import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { GuidanceInput } from '../domain/guidance.ts';
import type { PullRequestSnapshot } from '../domain/pull-request.ts';
import type { RunStatus } from '../domain/run.ts';
import type {
  DependencyNews,
  SessionDetail,
  SessionRecord,
  SessionReport,
} from '../domain/session.ts';

/** Messages of workflows, shared with whoever sends them. */

/** A person to a session: an answer when it is stuck, an approval of its plan, or words for its next turn. */
export const guidanceSignal = defineSignal<[GuidanceInput]>('guidance');

/** The watcher to a session: what its pull request is now. */
export const pullRequestSignal = defineSignal<[PullRequestSnapshot]>('pullRequest');

/** A run to a session: something happened to the session below it. */
export const dependencySignal = defineSignal<[DependencyNews]>('dependency');

/** The seed's status record of a session. */
export const statusQuery = defineQuery<SessionRecord>('status');

/** Everything about a session. */
export const detailQuery = defineQuery<SessionDetail>('detail');

/** A session to its run: its status or pull request changed. */
export const sessionSignal = defineSignal<[SessionReport]>('session');

/** A run's sessions and queue. */
export const runStatusQuery = defineQuery<RunStatus>('runStatus');
