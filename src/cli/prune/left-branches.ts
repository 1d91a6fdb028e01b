import type { RepositoryName } from '../../domain/shared/repository.ts';
import { hasCommit } from '../../git/refs/refs.ts';
import { keepTips } from '../../git/refs/unpushed.ts';
import { fetchCommit, type GitTokenSource } from '../../git/remote/remote.ts';
import type { GitHub } from '../../github/port.ts';
import type { Home } from '../../state/home.ts';
import { forgetLeftBranch, type LeftBranch, listLeftBranches } from '../../state/left-branch.ts';

interface Ports {
  readonly home: Home;
  readonly github: () => Promise<Pick<GitHub, 'branchExists' | 'deleteBranch'>>;
  readonly tokens: GitTokenSource;
}

/** What cancelled sessions left on GitHub, as far as it is still there. */
export async function leftBranches(
  { home, github }: Pick<Ports, 'home' | 'github'>,
  repository: RepositoryName,
): Promise<LeftBranch[]> {
  const there: LeftBranch[] = [];
  for (const left of await listLeftBranches(home, repository)) {
    const { branch, issue } = left.location;
    if (await (await github()).branchExists(repository, branch)) there.push(left);
    else await forgetLeftBranch(home, repository, issue);
  }
  return there;
}

/**
 * Deletes such a branch on GitHub, which closes its pull request. Its commits stay under `refs/coppice/kept/` in the
 * checkout. @returns why it stays; empty when it is gone
 */
export async function deleteLeftBranch(
  { home, github, tokens }: Ports,
  { location, sha }: LeftBranch,
): Promise<string> {
  const { repository, branch, checkout, remote, issue } = location;
  if (!(await hasCommit(checkout, sha))) await fetchCommit(checkout, remote, sha, tokens);
  await keepTips(location, [sha]);
  const api = await github();
  await api.deleteBranch(repository, branch, sha);
  if (await api.branchExists(repository, branch))
    return 'somebody pushed to it since, or an open pull request has it as its base';
  await forgetLeftBranch(home, repository, issue);
  return '';
}
