import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { z } from 'zod';
import type { FeedbackItem, IssueSnapshot } from '../domain/pull-request/feedback.ts';
import type { PullRequestSnapshot } from '../domain/pull-request/pull-request.ts';
import type { StackRow } from '../domain/pull-request/stack-table.ts';
import type { PlannedIssue } from '../domain/run/plan.ts';
import type { RunStatus } from '../domain/run/run.ts';
import type { AttachRequest, Detach } from '../domain/session/attachment.ts';
import type { GuidanceInput } from '../domain/session/guidance.ts';
import type { DependencyNotice, SessionReport } from '../domain/session/reports.ts';
import type { Attached, SessionDetail, SessionRecord } from '../domain/session/session.ts';

/**
 * The signals, updates and queries of both workflows, shared with those who send them. Their descriptions are what
 * `temporal workflow metadata` and Temporal's Web UI show.
 */
function described<D>(
  definition: D,
  description: string,
): D & { readonly options: { readonly description: string } } {
  return { ...definition, options: { description } };
}

// From a person to a session.

export const guidanceSignal = described(
  defineSignal<[GuidanceInput]>('guidance'),
  'Answers a stuck session, approves its plan, or tells the agent something in its next turn. A refusal is only recorded, in the query detail.',
);
export const guideUpdate = described(
  defineUpdate<void, [GuidanceInput]>('guide'),
  'Does the same as the signal guidance, and is refused with the reason when it does not fit the question.',
);
export const attachUpdate = described(
  defineUpdate<Attached, [AttachRequest]>('attach'),
  'Holds a stuck or complete session for a person’s terminal. It is refused with the reason when that can’t be done.',
);
export const detachSignal = described(
  defineSignal<[Detach]>('detach'),
  'The person has left the terminal, or takes the session back from a terminal that is gone.',
);

// From a person to a run, or to a session. From a run to its sessions, as signals.

export const pauseUpdate = described(
  defineUpdate<void>('pause'),
  'A run starts no session, and a session begins no turn, until it is resumed. A turn under way runs to its end.',
);
export const resumeUpdate = described(
  defineUpdate<void>('resume'),
  'Ends a pause, and the wait for somebody else who repairs the pull request. A run ends the pauses of its sessions too.',
);
export const pauseSignal = described(
  defineSignal('pause'),
  'Does the same as the update pause, also while no worker runs.',
);
export const resumeSignal = described(
  defineSignal<[input?: { readonly onlyPause?: boolean }]>('resume'),
  'Does the same as the update resume, also while no worker runs. With `onlyPause` it ends a pause alone.',
);

// From a person to a run. Each update is refused with the reason, or is done when it returns.

export const addUpdate = described(
  defineUpdate<void, [z.input<typeof PlannedIssue>]>('add'),
  'Adds an issue to the run.',
);
export const dropUpdate = described(
  defineUpdate<void, [number]>('drop'),
  'Takes an issue that has not started out of the run.',
);
export const reorderUpdate = described(
  defineUpdate<void, [number[]]>('reorder'),
  'Starts these issues before all others, in this order.',
);
export const setConcurrencyUpdate = described(
  defineUpdate<void, [number]>('setConcurrency'),
  'Sets how many sessions of the run have an agent at work at once.',
);

// From the watcher of GitHub to a session.

export const reportPullRequestSignal = described(
  defineSignal<[PullRequestSnapshot]>('reportPullRequest'),
  'The current state of the session’s pull request, from Coppice’s watcher.',
);
export const reportFeedbackSignal = described(
  defineSignal<[FeedbackItem[]]>('reportFeedback'),
  'New comments on the session’s pull request and issue, from Coppice’s watcher.',
);
export const reportIssueSignal = described(
  defineSignal<[IssueSnapshot]>('reportIssue'),
  'The current state of the session’s issue, from Coppice’s watcher.',
);

// Between a run and its sessions.

export const reportDependencySignal = described(
  defineSignal<[DependencyNotice]>('reportDependency'),
  'A dependency’s branch moved, or the dependency was merged or cancelled; from the run.',
);
export const setStackSignal = described(
  defineSignal<[StackRow[]]>('setStack'),
  'The pull requests of the session’s stack, which its own pull request lists; from the run.',
);
export const reportSessionSignal = described(
  defineSignal<[SessionReport]>('reportSession'),
  'A session’s status or pull request changed; from the session.',
);

// Queries. A run and a session both have `status`.

export const statusQuery = described(
  defineQuery<SessionRecord>('status'),
  'The session’s status record, as in the status file.',
);
export const detailQuery = described(
  defineQuery<SessionDetail>('detail'),
  'Everything about the session: its plan, its turns, its question, and the guidance that it refused.',
);
export const runStatusQuery = described(
  defineQuery<RunStatus>('status'),
  'The run’s sessions, and the issues that have not started.',
);
