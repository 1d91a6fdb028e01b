import { ApiError, validationFailed } from './answers.ts';
import { branches, git, sizeOf } from './git.ts';
import { type MergeMethod, mergeBranches, rebased } from './merge.ts';
import {
  close,
  EMULATED_USER,
  type EmulatedEvent,
  type EmulatedPullRequest,
  type EmulatedRepository,
  nextNumber,
  now,
  openPulls,
  type State,
} from './state.ts';

/** What happens to pull requests on GitHub, whoever asks for it. */

export interface NewPullRequest {
  readonly title: string;
  readonly head: string;
  readonly base: string;
  readonly body?: string;
  readonly draft?: boolean;
}

/** @throws ApiError 422 */
export async function createPull(
  state: State,
  repository: EmulatedRepository,
  asked: NewPullRequest,
): Promise<EmulatedPullRequest> {
  const { owner, directory, pulls } = repository;
  const { title, base, body = null, draft = false } = asked;
  const head = asked.head.replace(/^[^:]*:/, '');
  const tips = await branches(directory);
  const headSha = tips.get(head);
  const baseSha = tips.get(base);
  if (headSha === undefined) throw validationFailed({ field: 'head', code: 'invalid' });
  if (baseSha === undefined) throw validationFailed({ field: 'base', code: 'invalid' });
  const size = await sizeOf(directory, baseSha, headSha);
  if (openPulls(repository).some((pull) => pull.head === head && pull.base === base))
    throw validationFailed({
      code: 'custom',
      message: `A pull request already exists for ${owner}:${head}.`,
    });
  if (size.commits === 0)
    throw validationFailed({
      code: 'custom',
      message: `No commits between ${base} and ${head}`,
    });
  if (draft && !repository.supportsDrafts)
    throw validationFailed({
      code: 'custom',
      message: 'Draft pull requests are not supported in this repository.',
    });
  const at = now();
  const pull: EmulatedPullRequest = {
    ...{ id: state.nextId(), number: nextNumber(repository), title, body, draft, size },
    ...{
      head,
      headSha,
      base,
      baseSha,
      state: 'open',
      mergedAt: null,
      baseDeletedAt: null,
      events: [],
      mergeCommit: null,
    },
    ...{ createdAt: at, updatedAt: at, closedAt: null, requestedReviewers: [] },
  };
  pulls.set(pull.number, pull);
  return pull;
}

/** @throws ApiError 422 */
export function requestReviewers(
  { permissions }: EmulatedRepository,
  pull: EmulatedPullRequest,
  logins: readonly string[],
): void {
  if (logins.includes(EMULATED_USER))
    throw new ApiError(422, 'Review cannot be requested from pull request author.');
  if (!logins.every((login) => permissions.has(login)))
    throw new ApiError(
      422,
      'Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator.',
    );
  pull.requestedReviewers = [...new Set([...pull.requestedReviewers, ...logins])];
  pull.updatedAt = now();
}

/** @throws ApiError 422 */
export async function retargetPull(
  repository: EmulatedRepository,
  pull: EmulatedPullRequest,
  base: string,
): Promise<void> {
  if (pull.base === base) return;
  const cannot = (message: string) => validationFailed({ field: 'base', code: 'invalid', message });
  if (pull.state === 'closed')
    throw cannot('Cannot change the base branch of a closed pull request.');
  const baseSha = (await branches(repository.directory)).get(base);
  if (baseSha === undefined) throw cannot(`Proposed base branch '${base}' was not found`);
  const size = await sizeOf(repository.directory, baseSha, pull.headSha);
  if (size.commits === 0)
    throw cannot(
      `There are no new commits between base branch '${base}' and head branch '${pull.head}'`,
    );
  Object.assign(pull, { base, baseSha, size, updatedAt: now() });
}

/** @throws ApiError 422 when a branch of it is gone */
export async function reopenPull(
  repository: EmulatedRepository,
  pull: EmulatedPullRequest,
): Promise<void> {
  const tips = await branches(repository.directory);
  const cannot = (message: string) =>
    validationFailed({ field: 'state', code: 'invalid', message });
  if (pull.mergedAt !== null) throw cannot('state cannot be changed. The pull request is merged.');
  for (const branch of [pull.base, pull.head])
    if (!tips.has(branch))
      throw cannot(`state cannot be changed. The ${branch} branch has been deleted.`);
  Object.assign(pull, { state: 'open', closedAt: null, updatedAt: now() });
}

/**
 * Brings open pull requests up to date with their branches. One whose commits the base has now is merged; one that lost a
 * branch is closed.
 */
export async function followBranches(repository: EmulatedRepository): Promise<void> {
  const tips = await branches(repository.directory);
  for (const pull of openPulls(repository)) {
    const headSha = tips.get(pull.head);
    const baseSha = tips.get(pull.base);
    if (baseSha === undefined) {
      close(pull);
      pull.baseDeletedAt = pull.closedAt;
    } else if (headSha === undefined) close(pull);
    else if (headSha !== pull.headSha || baseSha !== pull.baseSha) {
      const size = await sizeOf(repository.directory, baseSha, headSha);
      const isContained = size.commits === 0 && pull.size.commits > 0;
      const hasLanded = isContained && headSha === pull.headSha;
      Object.assign(pull, { headSha, baseSha, size, updatedAt: now() });
      if (hasLanded) land(repository, pull, baseSha);
      // Its head was taken back to what the base has: nothing is left of it.
      else if (isContained) close(pull);
    }
  }
}

/** Marks a pull request as merged. */
function land(repository: EmulatedRepository, pull: EmulatedPullRequest, commit: string): void {
  pull.mergeCommit = commit;
  close(pull);
  pull.mergedAt = pull.closedAt;
  if (pull.base === repository.defaultBranch) closeIssues(repository, pull.body ?? '');
}

/** @throws ApiError 405 */
export async function mergePull(
  repository: EmulatedRepository,
  pull: EmulatedPullRequest,
  method: MergeMethod,
): Promise<void> {
  await followBranches(repository);
  if (pull.state === 'closed') throw new ApiError(405, 'Pull Request is not mergeable');
  await landed(repository, pull, await mergeBranches(repository, pull, method));
}

/** What follows when the base has got a pull request's change as `commit`. */
export async function landed(
  repository: EmulatedRepository,
  pull: EmulatedPullRequest,
  commit: string,
): Promise<void> {
  land(repository, pull, commit);
  if (repository.deleteBranchOnMerge) await deleteHead(repository, pull);
  await followBranches(repository);
}

/**
 * Merges pull requests that stand on each other, from the bottom, each into the branch that the lowest is for: all of them,
 * or none.
 * @throws ApiError 405
 */
export async function mergeStack(
  repository: EmulatedRepository,
  stack: readonly EmulatedPullRequest[],
  method: MergeMethod,
): Promise<void> {
  await followBranches(repository);
  const [lowest] = stack;
  if (!lowest || stack.some(({ state }) => state === 'closed'))
    throw new ApiError(405, 'Pull Request is not mergeable');
  const { base, baseSha } = lowest;
  const before = stack.map((pull) => ({ ...pull }));
  const commits: string[] = [];
  try {
    for (const [index, pull] of stack.entries()) {
      Object.assign(pull, { base, baseSha: commits.at(-1) ?? baseSha });
      // Of each what it has beyond the one below.
      const [head, from, onto] = [pull.headSha, before[index - 1]?.headSha, pull.baseSha];
      const headSha = from ? await rebased(repository.directory, { from, head, onto }) : head;
      commits.push(await mergeBranches(repository, { ...pull, headSha }, method));
    }
  } catch (error) {
    for (const [index, pull] of stack.entries()) Object.assign(pull, before[index]);
    await git(repository.directory, 'update-ref', `refs/heads/${base}`, baseSha);
    throw error;
  }
  for (const [index, pull] of stack.entries()) land(repository, pull, commits[index] ?? '');
  if (repository.deleteBranchOnMerge) for (const pull of stack) await deleteHead(repository, pull);
  await followBranches(repository);
}

const CLOSING = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#(\d+)\b/gi;

function closeIssues({ issues }: EmulatedRepository, body: string): void {
  for (const [, number] of body.matchAll(CLOSING)) {
    const issue = issues.get(Number(number));
    if (issue?.state === 'open') close(issue);
  }
}

/** GitHub points dependents at the merged one's base before the branch goes, or they would be closed. */
async function deleteHead(
  repository: EmulatedRepository,
  merged: EmulatedPullRequest,
): Promise<void> {
  for (const dependent of openPulls(repository).filter(({ base }) => base === merged.head))
    Object.assign(dependent, { base: merged.base, updatedAt: now() });
  await git(repository.directory, 'update-ref', '-d', `refs/heads/${merged.head}`);
}

/** An event changes the time at which its pull request was changed. */
export function addEvent(
  state: State,
  pull: EmulatedPullRequest,
  event: Omit<EmulatedEvent, 'id' | 'createdAt'>,
): void {
  pull.updatedAt = now();
  pull.events.push({ ...event, id: state.nextId(), createdAt: pull.updatedAt });
}
