import pMap from 'p-map';
import { MAX_TITLE, type PlannedIssue, planProblems } from '../domain/run/plan.ts';
import { CoppiceError } from '../domain/shared/failure.ts';
import type { Issue } from '../domain/shared/issue.ts';
import { isSameRepository, type RepositoryName } from '../domain/shared/repository.ts';
import { oneLine } from '../domain/shared/text.ts';
import { CONCURRENT_REQUESTS } from '../github/issues/issue-source.ts';
import type { References } from './read/references.ts';

/** What preflight reads. Each function throws a CoppiceError for a problem that the person must know. */
export interface Readers {
  /** @throws IssueNotWorkable when there is none, Unauthorized without a token */
  readIssue(issue: number): Promise<Issue>;
  /** The remote's default branch. @throws UnknownRepository */
  defaultBranch(): Promise<string>;
  branchExists(branch: string): Promise<boolean>;
  /** Issues with an open session, and a description of each session. */
  openSessions(): Promise<ReadonlyMap<number, string>>;
  /** Why an issue's branch or worktree can't be made on this host, such as a branch of that name that isn't Coppice's. */
  obstacle(issue: number): Promise<string | undefined>;
}

export interface Request extends Omit<References, 'mistakes'> {
  readonly repository: RepositoryName;
  /** The configured base branch; the remote's default branch when undefined. */
  readonly base: string | undefined;
}

export interface Preflight {
  /** The issues, with their titles. */
  readonly issues: readonly PlannedIssue[];
  /** Every problem, one line each; empty when the run may start. */
  readonly problems: readonly string[];
}

/**
 * Checks everything that a run needs before anything is created, and reports all problems together.
 * @throws errors that are neither a person's mistake nor a refusal by GitHub, such as a network failure
 */
export async function preflight(request: Request, readers: Readers): Promise<Preflight> {
  const problems = new Set<string>();
  const note = (error: unknown): undefined => {
    if (!(error instanceof CoppiceError)) throw error;
    problems.add(error.message);
  };
  for (const problem of foreignProblems(request, request.repository)) problems.add(problem);

  const numbers = [...new Set(ownIssues(request))];
  for (const number of repeated(ownIssues(request))) problems.add(`#${number} is given twice`);
  const issues = plan(numbers, request);
  for (const problem of planProblems(issues)) problems.add(problem);
  for (const { issue } of request.order)
    if (!numbers.includes(issue)) problems.add(`--after names #${issue}, which is not in the run`);

  await checkBase(request, readers).then((found) => found && problems.add(found), note);
  const titles = new Map<number, string>();
  const open = (await readers.openSessions().catch(note)) ?? new Map<number, string>();
  await pMap(
    numbers,
    async (number) => {
      const issue = await readers.readIssue(number).catch(note);
      const found = issue && unworkable(issue);
      if (issue) titles.set(number, oneLine(issue.title, MAX_TITLE));
      if (found) problems.add(found);
      const session = open.get(number);
      if (session !== undefined) problems.add(`#${number} has an open session already: ${session}`);
      else if (issue && !found) {
        const obstacle = await readers.obstacle(number).catch(note);
        if (obstacle !== undefined) problems.add(obstacle);
      }
    },
    { concurrency: CONCURRENT_REQUESTS },
  );
  return { issues: withTitles(issues, titles), problems: [...problems] };
}

/** Adds titles to issues, as far as they are known. */
export const withTitles = <T extends { readonly issue: number }>(
  issues: readonly T[],
  titles: ReadonlyMap<number, string>,
): (T & { title?: string })[] =>
  issues.map((issue) => {
    const title = titles.get(issue.issue);
    return title === undefined ? issue : { ...issue, title };
  });

export const titlesIn = (issues: readonly PlannedIssue[]): ReadonlyMap<number, string> =>
  new Map(issues.flatMap(({ issue, title }) => (title === undefined ? [] : [[issue, title]])));

const isOwn = (repository: RepositoryName, issue: References['issues'][number]): boolean =>
  isSameRepository(issue.repository ?? repository, repository);

const ownIssues = ({ issues, repository }: Request): number[] =>
  issues.filter((issue) => isOwn(repository, issue)).map(({ number }) => number);

/** Problems with issues of other repositories, one line each. */
export const foreignProblems = (
  { issues }: Pick<References, 'issues'>,
  own: RepositoryName,
): string[] =>
  issues
    .filter((issue) => !isOwn(own, issue))
    .map(
      ({ number, repository }) =>
        `${repository}#${number} is in another repository: a run works in one, here ${own}`,
    );

const repeated = (numbers: readonly number[]): Set<number> =>
  new Set(numbers.filter((number, index) => numbers.indexOf(number) !== index));

const plan = (numbers: readonly number[], { order }: Request): PlannedIssue[] =>
  numbers.map((issue) => ({
    issue,
    after: [
      ...new Set(order.filter((entry) => entry.issue === issue).flatMap(({ after }) => after)),
    ],
  }));

async function checkBase(
  { base, repository }: Request,
  readers: Readers,
): Promise<string | undefined> {
  const branch = base ?? (await readers.defaultBranch());
  if (await readers.branchExists(branch)) return undefined;
  return base === undefined
    ? `${repository} has no branch ${branch} yet: push a first commit`
    : `${repository} has no branch ${branch}: push it, or name another base`;
}

/** Why an issue can't be worked on; undefined when it can. */
export function unworkable(issue: Issue): string | undefined {
  if (issue.isPullRequest) return `#${issue.number} is a pull request, not an issue`;
  if (issue.state === 'closed') return `#${issue.number} is closed: reopen it first`;
  return undefined;
}
