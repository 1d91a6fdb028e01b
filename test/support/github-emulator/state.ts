import { RepositoryName } from '../../../src/domain/shared/repository.ts';
import { ApiError } from './answers.ts';
import type { EmulatedCheckRun, EmulatedStatus, OpenRun } from './checks.ts';
import type { Ci } from './ci.ts';
import type { EmulatedComment, EmulatedReview, EmulatedThread } from './discussion.ts';
import type { EmulatedProtection, EmulatedRule } from './rules.ts';
import type { EmulatedStack } from './stacks.ts';

/** What the emulator knows of a repository beyond its git objects. */
export interface EmulatedRepository {
  readonly id: number;
  owner: string;
  name: string;
  /** The bare repository. */
  readonly directory: string;
  readonly defaultBranch: string;
  readonly deleteBranchOnMerge: boolean;
  /** Free plans have no drafts in private repositories. */
  readonly supportsDrafts: boolean;
  readonly createdAt: string;
  readonly ci: Ci | null;
  readonly issues: Map<number, EmulatedIssue>;
  readonly pulls: Map<number, EmulatedPullRequest>;
  /** Where issues of these numbers are now, as `owner/name/issues/n`. */
  readonly transferred: Map<number, string>;
  /** By login; whoever is not in it has none. */
  readonly permissions: Map<string, Permission>;
  readonly comments: EmulatedComment[];
  readonly reviews: EmulatedReview[];
  readonly threads: EmulatedThread[];
  readonly checkRuns: EmulatedCheckRun[];
  readonly statuses: EmulatedStatus[];
  /** Names of its Actions workflows; their ids are their places here. */
  readonly workflows: string[];
  /** Workflow runs of which more jobs are to come. */
  readonly openRuns: Map<number, OpenRun>;
  /** Null where the repository has none of GitHub's own. */
  readonly stacks: EmulatedStack[] | null;
  readonly rules: EmulatedRule[];
  readonly protections: EmulatedProtection[];
}

export type Permission = 'admin' | 'write' | 'read' | 'none';

/** The login of the person whose token it is. */
export const EMULATED_USER = 'person';

type RepositoryFacts = Pick<
  EmulatedRepository,
  'id' | 'owner' | 'name' | 'directory' | 'defaultBranch'
> &
  Partial<EmulatedRepository>;

/** A repository in which nothing has happened yet. */
export const emptyRepository = (facts: RepositoryFacts): EmulatedRepository => ({
  ...{ deleteBranchOnMerge: true, supportsDrafts: true, createdAt: now(), ci: null },
  ...{ issues: new Map(), pulls: new Map(), transferred: new Map() },
  permissions: new Map([[EMULATED_USER, 'admin']]),
  ...{ stacks: null, rules: [], protections: [] },
  ...{ comments: [], reviews: [], threads: [], checkRuns: [], statuses: [] },
  ...{ workflows: [], openRuns: new Map() },
  ...facts,
});

/** An issue of any repository, as `owner/name#n`, or of the same one, as its number. */
export type IssueAddress = number | string;

export interface Numbered {
  readonly id: number;
  readonly number: number;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  readonly createdAt: string;
  updatedAt: string;
  closedAt: string | null;
}

export interface EmulatedIssue extends Numbered {
  readonly labels: readonly string[];
  /** Logins. */
  readonly assignees: readonly string[];
  /** A title. */
  readonly milestone: string | null;
  readonly blockedBy: readonly IssueAddress[];
  readonly subIssues: readonly IssueAddress[];
}

export interface EmulatedPullRequest extends Numbered {
  draft: boolean;
  requestedReviewers: readonly string[];
  readonly head: string;
  headSha: string;
  base: string;
  baseSha: string;
  mergedAt: string | null;
  /** When GitHub closed it since its base branch was deleted. */
  baseDeletedAt: string | null;
  mergeCommit: string | null;
  size: PullRequestSize;
  /** What its timeline tells, beside its closing. */
  readonly events: EmulatedEvent[];
}

/** Something that was done to a pull request. */
export interface EmulatedEvent {
  readonly id: number;
  readonly kind: 'AssignedEvent' | 'UnassignedEvent' | 'RemovedFromMergeQueueEvent';
  readonly actor: string;
  readonly createdAt: string;
  readonly assignee?: string;
  readonly reason?: string;
}

export interface PullRequestSize {
  readonly commits: number;
  readonly additions: number;
  readonly deletions: number;
  readonly files: number;
}

/** The world the emulator plays: repositories by lower-case `owner/name`. */
export class State {
  readonly repositories = new Map<string, EmulatedRepository>();
  /** As for a fine-grained token, which may read jobs but no checks. */
  hidesChecks = false;
  /** Lower-case old names, and what they are now. */
  readonly renamed = new Map<string, RepositoryName>();
  /** Tokens of installations, and when they end, in milliseconds. */
  readonly tokens = new Map<string, number>();
  #lastId = 1_000;

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** Whether an installation's token is one, and has not ended. */
  accepts(token: string): boolean {
    return (this.tokens.get(token) ?? 0) > Date.now();
  }

  /** @throws ApiError 404 */
  repository(name: string): EmulatedRepository {
    const repository = this.repositories.get(name.toLowerCase());
    if (!repository) throw new ApiError(404, 'Not Found');
    return repository;
  }
}

export const fullName = ({ owner, name }: EmulatedRepository): RepositoryName =>
  RepositoryName.parse(`${owner}/${name}`);

/** Titles, each once; a milestone's number is its place, from 1. */
export const milestones = ({ issues }: EmulatedRepository): string[] => [
  ...new Set([...issues.values()].flatMap(({ milestone }) => milestone ?? [])),
];

/** Issues and pull requests share their numbers. */
export const nextNumber = ({ issues, pulls }: EmulatedRepository): number =>
  Math.max(0, ...issues.keys(), ...pulls.keys()) + 1;

/** @throws ApiError 404 */
export function pullOf(repository: EmulatedRepository, number: number): EmulatedPullRequest {
  const pull = repository.pulls.get(number);
  if (!pull) throw new ApiError(404, 'Not Found');
  return pull;
}

export const openPulls = ({ pulls }: EmulatedRepository): EmulatedPullRequest[] =>
  [...pulls.values()].filter((pull) => pull.state === 'open');

/** Issue or pull request. @throws ApiError 404 */
export function itemOf(repository: EmulatedRepository, number: number): Numbered {
  return repository.issues.get(number) ?? pullOf(repository, number);
}

/** The time as GitHub writes it: ISO 8601 in whole seconds. */
export const now = (): string => new Date().toISOString().replace(/\.\d+Z$/, 'Z');

export function close(item: Numbered): void {
  item.state = 'closed';
  item.closedAt = now();
  item.updatedAt = item.closedAt;
}

const changes = new WeakMap<EmulatedRepository, Promise<unknown>>();

/** Lets changes of one repository happen one after the other. */
export function exclusively<Result>(
  repository: EmulatedRepository,
  change: () => Promise<Result>,
): Promise<Result> {
  const result = (changes.get(repository) ?? Promise.resolve()).then(change);
  changes.set(
    repository,
    result.catch(() => undefined),
  );
  return result;
}
