/**
 * Every way an activity can fail for good, by the type its failure carries, and what a session does about it.
 * Anything not named here is the world's trouble (network, 5xx, a dead worker) and is retried by Temporal.
 *
 * - `stuck`: a person must decide; the session asks, and tries the same step again after guidance.
 * - `reject`: the input was wrong; nothing was created, and the workflow fails with the reason.
 */
export const FAILURES = {
  InvalidInput: 'reject',
  UnknownRepository: 'reject',
  IssueNotWorkable: 'reject',
  InvalidConfig: 'stuck',
  ForeignBranch: 'stuck',
  MissingBaseBranch: 'stuck',
  SetupFailed: 'stuck',
  WorktreeLost: 'stuck',
  NothingToPublish: 'stuck',
  RebaseConflict: 'stuck',
  NotResolved: 'stuck',
  PushRejected: 'stuck',
  BranchMoved: 'stuck',
  GitFailed: 'stuck',
  Unauthorized: 'stuck',
  GitHubRejected: 'stuck',
  AgentUnavailable: 'stuck',
  DiskFull: 'stuck',
} as const satisfies Record<string, 'stuck' | 'reject'>;

export type FailureType = keyof typeof FAILURES;

export const isFailureType = (type: string | null | undefined): type is FailureType =>
  type != null && Object.hasOwn(FAILURES, type);

/** Failures Temporal must not retry: all of the above. */
export const NON_RETRYABLE = Object.keys(FAILURES);

/**
 * An error that a person can act on: what happened, to what, and what to do next, in one line.
 * Activities turn it into an ApplicationFailure of the same type; the CLI prints the message.
 */
export class CoppiceError extends Error {
  readonly type: FailureType;
  /** More lines for whoever asks: git's output, the conflicting files. Never a secret. */
  readonly details: string;

  constructor(type: FailureType, message: string, details = '') {
    super(message);
    this.name = 'CoppiceError';
    this.type = type;
    this.details = details;
  }
}
