import { log } from '@temporalio/workflow';
import type { RepositoryName } from '../../domain/shared/repository.ts';
import { bestEffortCleanup } from '../activities.ts';

/** A branch that nothing needs any more, if it is still at `headSha`. */
export interface MergedBranch {
  readonly branch: string;
  readonly headSha: string;
}

/** Deletes a merged branch on GitHub, as best effort. */
export async function deleteBranch(repository: RepositoryName, left: MergedBranch): Promise<void> {
  try {
    await bestEffortCleanup(repository).deleteBranch({ repository, ...left });
  } catch (error) {
    log.warn('a merged branch could not be deleted', { branch: left.branch, error });
  }
}
