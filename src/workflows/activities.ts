import {
  ActivityCancellationType,
  type ActivityInterfaceFor,
  type ActivityOptions,
  proxyActivities,
} from '@temporalio/workflow';
import type {
  AgentActivities,
  AttachmentActivities,
  TurnStopActivities,
} from '../activities/agent/turn-types.ts';
import type { CommentActivities, FeedbackActivities } from '../activities/feedback-types.ts';
import type {
  Activities,
  NotificationActivities,
  PullRequestActivities,
  SessionActivities,
  TrackerActivities,
} from '../activities/types.ts';
import type { WorktreeActivities } from '../activities/worktree/worktree-types.ts';
import type { SessionLocation } from '../domain/session/session.ts';
import type { TurnKind } from '../domain/session/turn.ts';
import { FAILURE_TYPES } from '../domain/shared/failure.ts';
import { hostTaskQueue, repositoryTaskQueue, turnTaskQueue } from '../domain/shared/identity.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';

/**
 * One proxy for each combination of timeouts and retries. Failures that are not final are retried for ever, at most a
 * minute apart (see activities/failures). A killed worker is noticed by its missing heartbeats.
 */

const retry = {
  initialInterval: '1s',
  backoffCoefficient: 2,
  maximumInterval: '1m',
  nonRetryableErrorTypes: [...FAILURE_TYPES],
};

/**
 * How long a worker may send no heartbeat before its activity is given to another one. A false alarm costs nothing:
 * both would watch the same turn.
 */
const HEARTBEAT = '15s';

/** What the Web UI shows beside each activity. */
const SUMMARY: Readonly<Record<keyof Activities, string>> = {
  register: 'Find a host and read the issue',
  registerStack: 'Register the stack on GitHub',
  deleteBranch: 'Delete the merged branch on GitHub',
  firstClosed: 'Wait until a session closes',
  createWorktree: 'Create the worktree',
  setUp: 'Run the setup commands',
  inspectOutgoing: 'Inspect the commits and run the checks',
  spentByOthers: 'Read what other sessions cost',
  recordStatus: 'Write the status file',
  restack: 'Rebase the branch',
  integrateRemoteCommits: 'Integrate remote commits',
  removeWorktree: 'Remove the worktree',
  runTurn: 'Run a turn of the agent',
  stopTurn: 'Stop the agent',
  endAttachment: 'End the agent of the terminal',
  publish: 'Push the branch and open the pull request',
  describe: 'Update the text of the pull request',
  readPullRequest: 'Read the pull request',
  lostItsBase: 'Find out who closed the pull request',
  retarget: 'Change the base branch of the pull request',
  watch: 'Watch the issue and the pull request',
  unwatch: 'Stop watching',
  examineChecks: 'Examine the failed checks',
  rereadFeedback: 'Read comments again',
  isUpdate: 'Find out who changed the branch',
  missingChecks: 'Look for required checks',
  rerunChecks: 'Run the checks again',
  reply: 'Reply to a reviewer',
  makeReady: 'Make the pull request ready for review',
  react: 'React to a comment',
  askOnIssue: 'Ask on the issue',
  notify: 'Notify the person',
};

/** Proxies of activities that share their options; each has its own summary, unless the options name one. */
const proxiesWith = <A extends Partial<Activities>>(
  options: ActivityOptions,
): ActivityInterfaceFor<A> =>
  new Proxy({} as ActivityInterfaceFor<A>, {
    get: (_, name) => {
      const activity = name as keyof Activities;
      const proxies = proxyActivities<Activities>({ summary: SUMMARY[activity], ...options });
      return proxies[activity];
    },
  });

/** Activities for any host that has the repository. While there is no such host, they wait. */
export const repositoryActivities = (repository: RepositoryName) =>
  proxiesWith<TrackerActivities & NotificationActivities>({
    taskQueue: repositoryTaskQueue(repository),
    startToCloseTimeout: '2m',
    heartbeatTimeout: HEARTBEAT,
    retry,
  });

/** Short activities on the session's host. */
export const hostActivities = ({ hostId }: SessionLocation) =>
  proxiesWith<
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
 * How long a cancelled session waits for its host, in milliseconds. A killed worker is back by then. A host that is
 * gone cleans up when it comes back (worker/clean-up-cancelled.ts).
 */
export const LAST_TIMEOUT = 30_000;

/** The last activities that a cancelled session runs on its host. */
export const lastHostActivities = ({ hostId }: SessionLocation) =>
  proxiesWith<Pick<PullRequestActivities, 'unwatch'>>({
    taskQueue: hostTaskQueue(hostId),
    startToCloseTimeout: LAST_TIMEOUT,
    scheduleToCloseTimeout: LAST_TIMEOUT,
    heartbeatTimeout: HEARTBEAT,
    retry,
  });

/** The longest time for creating a worktree of a large repository, or for a rebase in it, in seconds. */
export const GIT_TIMEOUT = 15 * 60;

/** Longer activities on the session’s host. `seconds` is the longest time that they may take. */
export const longHostActivities = ({ hostId }: SessionLocation, seconds: number) =>
  proxiesWith<WorktreeActivities>({
    taskQueue: hostTaskQueue(hostId),
    startToCloseTimeout: seconds * 1_000,
    heartbeatTimeout: HEARTBEAT,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry,
  });

/** Waits for something that may take months. The timeout of a week only restarts the wait. */
export const longPollActivities = proxiesWith<SessionActivities>({
  startToCloseTimeout: '7d',
  heartbeatTimeout: HEARTBEAT,
  retry,
});

/**
 * Best effort: a copy of the workflow’s state on disk. It is tried a few times, and no session waits longer for it.
 */
export const bestEffortRecord = ({ hostId }: SessionLocation) =>
  proxiesWith<Pick<WorktreeActivities, 'recordStatus'>>({
    taskQueue: hostTaskQueue(hostId),
    startToCloseTimeout: '30s',
    scheduleToCloseTimeout: '1m',
    heartbeatTimeout: HEARTBEAT,
    retry,
  });

/** Best effort, as above, for what GitHub shows. After an outage of GitHub the next change brings what is missing. */
export const bestEffortDescription = ({ hostId }: SessionLocation) =>
  proxiesWith<Pick<PullRequestActivities, 'describe'>>({
    taskQueue: hostTaskQueue(hostId),
    startToCloseTimeout: '1m',
    scheduleToCloseTimeout: '5m',
    heartbeatTimeout: HEARTBEAT,
    retry,
  });

/** Reads GitHub before a person is asked, or the agent told. It has a short limit, because neither must wait long. */
export const briefReadActivities = ({ hostId }: SessionLocation) =>
  proxiesWith<
    Pick<PullRequestActivities, 'readPullRequest'> &
      Pick<FeedbackActivities, 'rereadFeedback' | 'isUpdate' | 'missingChecks'>
  >({
    taskQueue: hostTaskQueue(hostId),
    startToCloseTimeout: '1m',
    scheduleToCloseTimeout: '2m',
    heartbeatTimeout: HEARTBEAT,
    retry,
  });

/** Best effort: a comment on GitHub. It is tried for an hour, and no session stops for it. */
export const bestEffortComments = (repository: RepositoryName) =>
  proxiesWith<CommentActivities>({
    taskQueue: repositoryTaskQueue(repository),
    startToCloseTimeout: '1m',
    scheduleToCloseTimeout: '1h',
    heartbeatTimeout: HEARTBEAT,
    retry,
  });

/** Best effort: cleaning up on GitHub. It is tried a few times. */
export const bestEffortCleanup = (repository: RepositoryName) =>
  proxiesWith<Pick<TrackerActivities, 'deleteBranch' | 'registerStack'>>({
    taskQueue: repositoryTaskQueue(repository),
    startToCloseTimeout: '1m',
    scheduleToCloseTimeout: '5m',
    heartbeatTimeout: HEARTBEAT,
    retry,
  });

/**
 * Turns with guidance come first, because a person waits for them; then those with feedback; new sessions come last.
 */
const PRIORITY: Record<TurnKind, number> = {
  guidance: 1,
  resolve: 1,
  feedback: 2,
  nudge: 3,
  plan: 4,
  implement: 4,
};

const TURN_SUMMARY: Record<TurnKind, string> = {
  plan: 'The agent plans',
  implement: 'The agent implements',
  guidance: 'The agent works on guidance',
  nudge: 'The agent corrects its turn',
  feedback: 'The agent works on feedback',
  resolve: 'The agent resolves a conflict',
};

/** Extra time after the turn’s own limit, in seconds, in which the agent is stopped and its outcome is read. */
const TURN_GRACE = 300;

/**
 * Agent turns.
 * @param timeout the turn's limit, in seconds
 */
export const turnActivities = ({ hostId }: SessionLocation, kind: TurnKind, timeout: number) =>
  proxiesWith<AgentActivities>({
    taskQueue: turnTaskQueue(hostId),
    startToCloseTimeout: (timeout + TURN_GRACE) * 1_000,
    heartbeatTimeout: HEARTBEAT,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    priority: { priorityKey: PRIORITY[kind] },
    summary: TURN_SUMMARY[kind],
    retry,
  });
