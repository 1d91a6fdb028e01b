/**
 * Every way an activity can fail for good, by the type its failure carries. Whatever it is, the session asks a person, and
 * tries the same step again after guidance.
 *
 * What is no `CoppiceError` is tried again by Temporal: a `TransientError` for ever, any other error only as long as
 * it is not the same each time (see activities/failures.ts).
 */
export const FAILURE_TYPES = [
  'InvalidInput',
  /** What was asked for is not what this host registered. */
  'NotRegistered',
  'UnknownRepository',
  'IssueNotWorkable',
  'InvalidConfig',
  'ForeignBranch',
  'MissingBaseBranch',
  'SetupFailed',
  'WorktreeLost',
  'NothingToPublish',
  'RebaseConflict',
  'NotResolved',
  'PushRejected',
  'BranchMoved',
  'GitFailed',
  'Unauthorized',
  'GitHubRejected',
  'AgentUnavailable',
  'DiskFull',
  /** An error of this machine, or of Coppice itself, that stayed the same after several tries. */
  'LocalFailure',
] as const;

export type FailureType = (typeof FAILURE_TYPES)[number];

/**
 * An error that a person can act on: what happened, to what, and what to do next, in one line.
 * Activities turn it into an ApplicationFailure of the same type; the CLI prints the message.
 */
export class CoppiceError extends Error {
  readonly type: FailureType;
  /** More lines for whoever asks: git's output, the conflicting files. Never a secret. */
  readonly details: string;
  /** Whether it may also pass by itself: it is tried a few times more before a person is asked. */
  readonly mayPass: boolean;

  constructor(type: FailureType, message: string, details = '', mayPass = false) {
    super(message);
    this.name = 'CoppiceError';
    this.type = type;
    this.details = details;
    this.mayPass = mayPass;
  }
}

/**
 * The world's trouble: the network, a server's error, a rate limit, a process that was killed, a lock that another git
 * holds. It passes by itself, so it is tried again for ever, and nobody is asked; `coppice status` shows it.
 */
export class TransientError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TransientError';
  }
}
