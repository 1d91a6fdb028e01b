import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type {
  AgentActivities,
  AttachmentActivities,
  TurnStopActivities,
} from '../activities/agent/turn-types.ts';
import type { CommentActivities, FeedbackActivities } from '../activities/feedback-types.ts';
import type {
  NotificationActivities,
  PullRequestActivities,
  SessionActivities,
  TrackerActivities,
  WorktreeActivities,
} from '../activities/types.ts';
import type { SessionLocation } from '../domain/session/session.ts';
import type { TurnKind } from '../domain/session/turn.ts';
import { FAILURE_TYPES } from '../domain/shared/failure.ts';
import { hostTaskQueue, repositoryTaskQueue, turnTaskQueue } from '../domain/shared/identity.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';

/**
 * One proxy per timeout profile. What is not final is retried for ever, at most a minute apart (see activities/failures.ts
 * for what is); a worker that was killed is noticed by its missing heartbeats.
 */

const retry = {
  initialInterval: '1s',
  backoffCoefficient: 2,
  maximumInterval: '1m',
  nonRetryableErrorTypes: [...FAILURE_TYPES],
};

/**
 * How long a worker may be silent before its activity is given to another. A false alarm costs nothing: both would
 * watch the same turn.
 */
const HEARTBEAT = '15s';

/**
 * Work for any host that has the repository. While there is none it waits: a host that has it takes it as soon as it is there.
 */
export const whereRepository = (repository: RepositoryName) =>
  proxyActivities<TrackerActivities & NotificationActivities>({
    taskQueue: repositoryTaskQueue(repository),
    startToCloseTimeout: '2m',
    heartbeatTimeout: HEARTBEAT,
    retry,
  });

/** Short work where the session lives. */
export const hostActivities = ({ hostId }: SessionLocation) =>
  proxyActivities<
    WorktreeActivities &
      PullRequestActivities &
      FeedbackActivities &
      TurnStopActivities &
      AttachmentActivities &
      NotificationActivities
  >({
    taskQueue: hostTaskQueue(hostId),
    startToCloseTimeout: '5m',
    heartbeatTimeout: HEARTBEAT,
    retry,
  });

/**
 * How long the end of a cancelled session waits for its host: one whose worker was killed is back by then, one that is gone
 * clears up when it comes back (worker/left-behind.ts). In milliseconds.
 */
export const LAST_PATIENCE = 30_000;

/** The last that a cancelled session asks of its host. */
export const lastOnHost = ({ hostId }: SessionLocation) =>
  proxyActivities<Pick<PullRequestActivities, 'unwatch'>>({
    taskQueue: hostTaskQueue(hostId),
    startToCloseTimeout: LAST_PATIENCE,
    scheduleToCloseTimeout: LAST_PATIENCE,
    heartbeatTimeout: HEARTBEAT,
    retry,
  });

/** Making a worktree of a large repository, or rebasing in it, in seconds. */
export const GIT_LIMIT = 15 * 60;

/** Longer work where the session lives. `seconds` is the longest it may honestly take. */
export const longHostActivities = ({ hostId }: SessionLocation, seconds: number) =>
  proxyActivities<WorktreeActivities>({
    taskQueue: hostTaskQueue(hostId),
    startToCloseTimeout: seconds * 1_000,
    heartbeatTimeout: HEARTBEAT,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry,
  });

/** Waits for something that may be months away; a week is as good as any time to begin anew. */
export const longPollActivities = proxyActivities<SessionActivities>({
  startToCloseTimeout: '7d',
  heartbeatTimeout: HEARTBEAT,
  retry,
});

/** A mirror of what the workflow knows: worth a few attempts, not worth waiting for. */
export const bestEffortRecord = ({ hostId }: SessionLocation) =>
  proxyActivities<Pick<WorktreeActivities, 'recordStatus'>>({
    taskQueue: hostTaskQueue(hostId),
    startToCloseTimeout: '30s',
    scheduleToCloseTimeout: '1m',
    heartbeatTimeout: HEARTBEAT,
    retry,
  });

/** As `mirror`, of what GitHub shows: the next change brings what an outage of GitHub's kept back. */
export const bestEffortDescription = ({ hostId }: SessionLocation) =>
  proxyActivities<Pick<PullRequestActivities, 'describe'>>({
    taskQueue: hostTaskQueue(hostId),
    startToCloseTimeout: '1m',
    scheduleToCloseTimeout: '5m',
    heartbeatTimeout: HEARTBEAT,
    retry,
  });

/** A look at GitHub before a person is asked: they should not wait long for a question either. */
export const glance = ({ hostId }: SessionLocation) =>
  proxyActivities<Pick<PullRequestActivities, 'readPullRequest'>>({
    taskQueue: hostTaskQueue(hostId),
    startToCloseTimeout: '1m',
    scheduleToCloseTimeout: '2m',
    heartbeatTimeout: HEARTBEAT,
    retry,
  });

/** A word on GitHub that nobody waits for: worth an hour of attempts, and no session stops for it. */
export const bestEffortComments = (repository: RepositoryName) =>
  proxyActivities<CommentActivities>({
    taskQueue: repositoryTaskQueue(repository),
    startToCloseTimeout: '1m',
    scheduleToCloseTimeout: '1h',
    heartbeatTimeout: HEARTBEAT,
    retry,
  });

/** Clearing up on GitHub: worth a few attempts. */
export const bestEffortCleanup = (repository: RepositoryName) =>
  proxyActivities<Pick<TrackerActivities, 'deleteBranch' | 'registerStack'>>({
    taskQueue: repositoryTaskQueue(repository),
    startToCloseTimeout: '1m',
    scheduleToCloseTimeout: '5m',
    heartbeatTimeout: HEARTBEAT,
    retry,
  });

/** A person waits for guided turns, a pull request for those with feedback; new work comes last. */
const PRIORITY: Record<TurnKind, number> = {
  guidance: 1,
  resolve: 1,
  feedback: 2,
  nudge: 3,
  plan: 4,
  implement: 4,
};

/** Time beyond the turn's own limit in which the agent is stopped and its outcome read, in seconds. */
const TURN_GRACE = 300;

/** Agent turns; `timeout` in seconds. */
export const turnActivities = ({ hostId }: SessionLocation, kind: TurnKind, timeout: number) =>
  proxyActivities<AgentActivities>({
    taskQueue: turnTaskQueue(hostId),
    startToCloseTimeout: (timeout + TURN_GRACE) * 1_000,
    heartbeatTimeout: HEARTBEAT,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    priority: { priorityKey: PRIORITY[kind] },
    retry,
  });
