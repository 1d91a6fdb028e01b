import type { RepositoryName } from '../../domain/shared/repository.ts';
import type { LeftBranch } from '../../state/left-branch.ts';
import type { Context } from '../context.ts';

export interface PrunedLeft {
  readonly issue: number;
  /** On the remote. */
  readonly branch: string;
  readonly pullRequest: number | null;
  readonly deleted: boolean;
  /** Why it stays. */
  readonly reason: string;
}

interface Options {
  /** Issues with an open session. */
  readonly open: ReadonlySet<number>;
  readonly dryRun: boolean;
  /** A person confirmed beforehand that all may be deleted. */
  readonly yes: boolean;
  /** Whether a person may be asked. */
  readonly asks: boolean;
}

/** Offers to delete what cancelled sessions left on GitHub. Nothing there is deleted without a person's confirmation. */
export async function pruneLeft(
  { services }: Context,
  repository: RepositoryName,
  { open, dryRun, yes, asks }: Options,
): Promise<PrunedLeft[]> {
  const left = (await services.leftBranches(repository)).filter(
    ({ location }) => !open.has(location.issue),
  );
  if (left.length === 0) return [];
  const questions = yes || dryRun || !asks ? undefined : await services.questions();
  const chosen = questions
    ? await questions.some(
        'Which branches of cancelled sessions do you want to delete on GitHub? Their pull requests are closed with them.',
        left.map((one) => ({ label: nameOf(one) })),
        [],
      )
    : left.flatMap((_, index) => (yes && !dryRun ? [index] : []));
  const pruned: PrunedLeft[] = [];
  for (const [index, one] of left.entries()) {
    const reason = chosen.includes(index)
      ? await services.deleteLeftBranch(one)
      : 'left by a cancelled session; coppice prune --yes deletes it there';
    const { issue, branch } = one.location;
    const { pullRequest } = one;
    pruned.push({ issue, branch, pullRequest, deleted: reason === '', reason });
  }
  return pruned;
}

const nameOf = ({ location, pullRequest }: LeftBranch): string =>
  `${location.branch} on ${location.remote}${pullRequest === null ? '' : `, with pull request #${pullRequest}`}`;
