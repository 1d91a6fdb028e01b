import { log } from '@temporalio/workflow';
import { bestEffortCleanup } from '../activities.ts';
import { deleteBranch } from './delete-branch.ts';
import type { Run } from './run.ts';

/** What a run does on GitHub beside its loop, as best effort. It must finish before the run ends or continues as new. */
export class GitHubWork {
  readonly #run: Run;
  readonly #deletions: Promise<void>[] = [];
  /** Registrations of stacks, one after the other, because a stack grows. */
  #registrations: Promise<void> = Promise.resolve();

  constructor(run: Run) {
    this.#run = run;
  }

  /** Starts the deletions and registrations that have become due. */
  begin(): void {
    const { notices } = this.#run;
    for (const branch of notices.takeMergedBranches())
      this.#deletions.push(deleteBranch(this.#run.input.repository, branch));
    for (const stack of notices.takeUnregisteredStacks())
      this.#registrations = this.#registrations.then(() => this.#registerStack(stack));
  }

  async finished(): Promise<void> {
    await Promise.all([...this.#deletions, this.#registrations]);
  }

  /** If this fails, the tables in the pull requests still show the stack. */
  async #registerStack(pullRequests: readonly number[]): Promise<void> {
    const { repository } = this.#run.input;
    try {
      if (!(await bestEffortCleanup(repository).registerStack({ repository, pullRequests })))
        this.#run.notices.noteWithoutGitHubStacks();
    } catch (error) {
      log.warn('a stack could not be registered with GitHub', { pullRequests, error });
    }
  }
}
