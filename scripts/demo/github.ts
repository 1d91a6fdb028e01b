import { execa } from 'execa';
import type { Environment } from '../../test/support/environment.ts';
import type { EmulatedPullRequest } from '../../test/support/github-emulator/state.ts';

/** The pull request of an issue's session. @throws when there is none */
export function pullOf(
  { emulator, repository }: Environment,
  issue: number,
): Readonly<EmulatedPullRequest> {
  const pull = emulator.pullRequests(repository).find(({ head }) => head === `issue-${issue}`);
  if (!pull) throw new Error(`#${issue} has no pull request`);
  return pull;
}

/** Whether a commit is in the history of another, on GitHub. */
export async function contains(
  { emulator, repository }: Environment,
  commit: string,
  earlier: string,
): Promise<boolean> {
  const git = execa({ cwd: emulator.directory(repository), reject: false });
  return (await git`git merge-base --is-ancestor ${earlier} ${commit}`).exitCode === 0;
}
