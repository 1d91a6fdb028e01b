import type { Base, SessionDetail, SessionLocation } from '../../domain/session/session.ts';
import type { CarriesStatus } from '../carried-status.ts';

export interface CreateWorktreeInput extends CarriesStatus {
  readonly location: SessionLocation;
  readonly workflowId: string;
  /** The branch to start from: the target branch, or a dependency's branch. */
  readonly from: string;
}

interface SetUpInput extends CarriesStatus {
  readonly location: SessionLocation;
  readonly commands: readonly string[];
  /** The time limit for each command, in seconds. */
  readonly timeout: number;
  /** Files in the worktree on which setup depends. */
  readonly inputs?: readonly string[];
  /** Whether to run setup only if these files have changed since it last succeeded. */
  readonly ifChanged?: boolean;
}

/** How to treat a conflict of an earlier attempt. */
interface Resolving {
  /** Whether it was resolved in the worktree. The resolution is then checked and used. */
  readonly resolved: boolean;
  /** The person's commands that must succeed on the resolution. */
  readonly checks: readonly string[];
  /** The time limit for each command, in seconds. */
  readonly timeout: number;
}

interface RestackInput extends Resolving {
  readonly location: SessionLocation;
  /** The present base of the branch. */
  readonly base: Base;
  /** The branch on which it shall be based. */
  readonly onto: string;
}

interface IntegrateInput extends Resolving {
  readonly location: SessionLocation;
  readonly base: Base;
  /**
   * Whether to change nothing when the worktree can't be rebased now, for example because it has uncommitted
   * changes.
   */
  readonly mayWait: boolean;
}

interface InspectInput extends CarriesStatus {
  readonly location: SessionLocation;
  readonly base: Base;
  /** The person's commands that must succeed. */
  readonly checks: readonly string[];
  /** The time limit for each command, in seconds. */
  readonly timeout: number;
  /** The largest file that may be committed, in MB. */
  readonly fileLimit: number;
}

/** What other sessions on the host cost, in US dollars. */
export interface SpentByOthers {
  readonly run: number;
  readonly day: number;
  /** When the present day of the host began, ISO 8601. */
  readonly midnight: string;
  /** When the next day of the host begins, ISO 8601. */
  readonly nextMidnight: string;
}

export interface WorktreeActivities {
  /**
   * Makes the branch and the worktree, or adopts those that Coppice made for this session, according to its
   * own record.
   * @throws ForeignBranch, MissingBaseBranch, GitFailed
   */
  createWorktree(input: CreateWorktreeInput): Promise<Base>;
  /**
   * Runs the person's setup commands in order.
   * @throws SetupFailed with the end of the output
   */
  setUp(input: SetUpInput): Promise<void>;
  /**
   * Checks commits that are about to be pushed: conflict markers, large files, secrets, and then the person's
   * own checks. Returns the problems as text for the agent; an empty text when they may be pushed.
   */
  inspectOutgoing(input: InspectInput): Promise<string>;
  /** What the other sessions on the host cost: those of the run, and all since midnight. */
  spentByOthers(input: {
    readonly location: SessionLocation;
    readonly run?: string;
  }): Promise<SpentByOthers>;
  /**
   * Writes the status file in the worktree, if the worktree exists, and the record in the state directory. If
   * the disk is full, they are written as soon as there is space.
   */
  recordStatus(input: {
    readonly location: SessionLocation;
    readonly detail: SessionDetail;
  }): Promise<void>;
  /**
   * Rebases the session's own commits from `base.tip` onto the remote branch `onto`, and pushes with a lease.
   * Returns the new base. After a conflict the branch is unchanged.
   * @throws RebaseConflict, NotResolved, PushRejected, BranchMoved
   */
  restack(input: RestackInput): Promise<Base>;
  /**
   * Integrates commits that others pushed to the session's branch. The session's unpushed commits are rebased
   * onto them. After a conflict the branch is unchanged.
   * @throws RebaseConflict, NotResolved, PushRejected
   */
  integrateRemoteCommits(input: IntegrateInput): Promise<{
    readonly base: Base;
    /** How many commits of others were integrated. */
    readonly commits: number;
  }>;
  /**
   * Removes the worktree and the local branch of a merged session, and unregisters its pull request from the
   * watcher. They are kept if they have work that is not in `headSha`, the pull request's head. Returns
   * whether they were removed, and if not, why.
   */
  removeWorktree(
    input: { readonly location: SessionLocation; readonly headSha: string } & CarriesStatus,
  ): Promise<{ readonly removed: boolean; readonly reason: string }>;
}
