import { digest } from '../../domain/pull-request/managed-section.ts';
import { stackChains } from '../../domain/pull-request/stack-chains.ts';
import { type StackRow, stackOf } from '../../domain/pull-request/stack-table.ts';
import type { PlannedIssue } from '../../domain/run/plan.ts';
import type { RunInput } from '../../domain/run/run.ts';
import type { SentNotices } from '../../domain/run/state.ts';
import {
  type DependencyNotice,
  hasEnded,
  hasMerged,
  type SessionReport,
} from '../../domain/session/reports.ts';
import type { MergedBranch } from './delete-branch.ts';

/** A change of a dependency that a dependent must be notified of. */
interface News extends DependencyNotice {
  readonly dependent: number;
}

/** The plan and the sessions as they are now. */
interface Known {
  readonly input: RunInput;
  readonly sessions: ReadonlyMap<number, SessionReport>;
}

const NO_STACK = digest(JSON.stringify([]));

/** Decides which notices a run still has to send, and what it still has to do on GitHub, so that each happens once. */
export class DependentNotices {
  readonly #known: Known;
  /** To carry over when the run continues as new. */
  readonly sent: SentNotices;

  constructor(known: Known, sent: SentNotices) {
    this.#known = known;
    this.sent = sent;
  }

  /** Changes of dependencies that were not sent to open dependents yet. Each is returned once. */
  takeDependencyNews(): News[] {
    return this.#known.input.issues.flatMap(({ issue: dependent, after }) => {
      const session = this.#known.sessions.get(dependent);
      if (!session || hasEnded(session)) return [];
      return after.flatMap((dependency) => this.#takeNews(dependency, dependent));
    });
  }

  /**
   * Stacks whose present state was not sent yet to an open session with a pull request. Each is returned
   * once.
   */
  takeStacks(): { issue: number; rows: StackRow[] }[] {
    const { issues, stacking } = this.#known.input;
    if (stacking !== 'stack') return [];
    const stacked = new Set(
      issues.flatMap(({ issue, after }) => (after.length > 0 ? [issue, ...after] : [])),
    );
    return [...this.#known.sessions.values()].flatMap((session) => {
      const isOpen = session.pullRequest?.state === 'open' && !hasEnded(session);
      if (!isOpen || !stacked.has(session.issue)) return [];
      const rows = stackOf(session.issue, issues, this.#known.sessions);
      const now = digest(JSON.stringify(rows));
      if (now === (this.sent.stacks[session.issue] ?? NO_STACK)) return [];
      this.sent.stacks[session.issue] = now;
      return [{ issue: session.issue, rows }];
    });
  }

  /** Stacks of pull requests whose present state is not registered with GitHub. Each is returned once. */
  takeUnregisteredStacks(): number[][] {
    const { stacking, githubStacks } = this.#known.input;
    if (stacking !== 'stack' || !githubStacks || this.sent.withoutGitHubStacks) return [];
    return stackChains(this.#known.sessions.values()).filter((chain) => {
      const lowest = chain[0] ?? 0;
      const isNew = this.sent.registered[lowest]?.join() !== chain.join();
      this.sent.registered[lowest] = chain;
      return isNew;
    });
  }

  /** The repository has no stacks on GitHub. The tables in the pull requests show them. */
  noteWithoutGitHubStacks(): void {
    this.sent.withoutGitHubStacks = true;
  }

  /** Branches of merged sessions on which no open session is based any more. Each is returned once. */
  takeMergedBranches(): MergedBranch[] {
    if (this.#known.input.mergedBranches === 'keep') return [];
    const sessions = [...this.#known.sessions.values()];
    return sessions.flatMap((session) => {
      const { issue, branch, pullRequest } = session;
      if (!pullRequest || !hasMerged(session) || this.sent.deletedBranches[issue] !== undefined)
        return [];
      if (sessions.some((other) => other.parent === issue && !hasEnded(other))) return [];
      this.sent.deletedBranches[issue] = pullRequest.headSha;
      return [{ branch, headSha: pullRequest.headSha }];
    });
  }

  /** Records the state of the dependencies with which a session is about to start. */
  noteStart({ issue, after }: PlannedIssue): void {
    for (const dependency of after) this.#toldTo(issue)[dependency] = this.#stateOf(dependency);
  }

  /** The last state of each dependency that was sent to a dependent. */
  #toldTo(dependent: number): Record<string, string> {
    this.sent.dependencies[dependent] ??= {};
    return this.sent.dependencies[dependent];
  }

  #takeNews(issue: number, dependent: number): News[] {
    const now = this.#stateOf(issue);
    const told = this.#toldTo(dependent);
    // A dependency that is run again is reported when it has a pull request again.
    if (now === '' || now === told[issue]) return [];
    told[issue] = now;
    if (now === 'merged' || now === 'cancelled') return [{ issue, dependent, event: now }];
    const session = this.#known.sessions.get(issue);
    const pullRequestUrl = session?.pullRequest?.url ?? '';
    const parentBranch = { issue, branch: session?.branch ?? '', pullRequestUrl };
    return [{ issue, dependent, event: 'moved', parentBranch }];
  }

  /** How a dependency ended, or else the head commit of its pull request. */
  #stateOf(issue: number): string {
    const session = this.#known.sessions.get(issue);
    if (session && hasMerged(session)) return 'merged';
    return session?.status === 'cancelled' ? 'cancelled' : (session?.pullRequest?.headSha ?? '');
  }
}
