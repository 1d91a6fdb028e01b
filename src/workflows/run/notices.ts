import { digest } from '../../domain/pull-request/managed-section.ts';
import { stackChains } from '../../domain/pull-request/stack-chains.ts';
import { type StackRow, stackOf } from '../../domain/pull-request/stack-table.ts';
import type { PlannedIssue } from '../../domain/run/plan.ts';
import type { RunInput } from '../../domain/run/run.ts';
import {
  type DependencyNews,
  hasEnded,
  hasMerged,
  type SessionReport,
} from '../../domain/session/session.ts';
import type { MergedBranch } from './delete-branch.ts';

/** A change of a dependency that a dependent must be notified of. */
interface News extends DependencyNews {
  readonly dependent: number;
}

/** The plan and the sessions as they are now. */
interface Known {
  readonly input: RunInput;
  readonly sessions: ReadonlyMap<number, SessionReport>;
}

const NO_GITHUB_STACKS = 'without GitHub’s stacks';

const NO_STACK = digest(JSON.stringify([]));

/** Decides which notices a run still has to send, so that each is sent once. */
export class DependentNotices {
  readonly #known: Known;
  /**
   * What dependents were last told of their dependency, by `dependency>dependent`, and sessions of their stack, by
   * `stack>issue`; merged branches seen to, by `left>issue`; rows of pull requests registered, by `chain>bottom`.
   */
  readonly #told: Map<string, string>;

  constructor(known: Known, told: readonly (readonly [string, string])[] = []) {
    this.#known = known;
    this.#told = new Map(told);
  }

  /** To carry over when the run continues as new. */
  state(): (readonly [string, string])[] {
    return [...this.#told];
  }

  /** What open dependents have not heard yet of their dependencies; each is returned once. */
  takeDependencyNews(): News[] {
    return this.#known.input.issues.flatMap(({ issue: dependent, after }) => {
      const session = this.#known.sessions.get(dependent);
      if (!session || hasEnded(session)) return [];
      return after.flatMap((dependency) => this.#takeNews(dependency, dependent));
    });
  }

  /** Stacks that open sessions with a pull request have not been told as they are now; each is returned once. */
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
      const key = `stack>${session.issue}`;
      if (now === (this.#told.get(key) ?? NO_STACK)) return [];
      this.#told.set(key, now);
      return [{ issue: session.issue, rows }];
    });
  }

  /** Rows of pull requests that GitHub's own stacks don't hold yet as they are now; each is returned once. */
  takeChains(): number[][] {
    const { stacking, githubStacks } = this.#known.input;
    if (stacking !== 'stack' || !githubStacks || this.#told.has(NO_GITHUB_STACKS)) return [];
    return stackChains(this.#known.sessions.values()).filter((chain) => {
      const key = `chain>${chain[0]}`;
      const isNew = this.#told.get(key) !== chain.join();
      this.#told.set(key, chain.join());
      return isNew;
    });
  }

  /** The repository has none of GitHub's own stacks: the tables in the pull requests do. */
  noteWithoutStacks(): void {
    this.#told.set(NO_GITHUB_STACKS, 'yes');
  }

  /** Branches of merged sessions that the last dependent has left; each is returned once. */
  takeMergedBranches(): MergedBranch[] {
    if (this.#known.input.mergedBranches === 'keep') return [];
    const sessions = [...this.#known.sessions.values()];
    return sessions.flatMap((session) => {
      const { issue, branch, pullRequest } = session;
      const key = `left>${issue}`;
      if (!pullRequest || !hasMerged(session) || this.#told.has(key)) return [];
      if (sessions.some((other) => other.parent === issue && !hasEnded(other))) return [];
      this.#told.set(key, pullRequest.headSha);
      return [{ branch, headSha: pullRequest.headSha }];
    });
  }

  /** A session is about to start on what its dependencies are now. */
  noteStart({ issue, after }: PlannedIssue): void {
    for (const dependency of after)
      this.#told.set(`${dependency}>${issue}`, this.#stateOf(dependency));
  }

  #takeNews(issue: number, dependent: number): News[] {
    const now = this.#stateOf(issue);
    const key = `${issue}>${dependent}`;
    // One that is run again is news when it has a pull request again.
    if (now === '' || now === this.#told.get(key)) return [];
    this.#told.set(key, now);
    if (now === 'merged' || now === 'cancelled') return [{ issue, dependent, event: now }];
    const session = this.#known.sessions.get(issue);
    const pullRequestUrl = session?.pullRequest?.url ?? '';
    const parentBranch = { issue, branch: session?.branch ?? '', pullRequestUrl };
    return [{ issue, dependent, event: 'moved', parentBranch }];
  }

  /** How a dependency ended, or else the commit its pull request is at. */
  #stateOf(issue: number): string {
    const session = this.#known.sessions.get(issue);
    if (session && hasMerged(session)) return 'merged';
    return session?.status === 'cancelled' ? 'cancelled' : (session?.pullRequest?.headSha ?? '');
  }
}
