import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type RepositoryName, splitRepository } from '../../../src/domain/shared/repository.ts';
import type { Answer } from './answers.ts';
import { git } from './git.ts';
import { followBranches } from './pulls.ts';
import {
  close,
  exclusively,
  fullName,
  itemOf,
  nextNumber,
  now,
  openPulls,
  pullOf,
  type State,
} from './state.ts';

/** Plays people who move things about: what has gone elsewhere is redirected to, as on GitHub. */
export interface Movers {
  closeItem(repository: RepositoryName, number: number): void;
  reopen(repository: RepositoryName, number: number): void;
  convertToDraft(repository: RepositoryName, pullRequest: number): void;
  /** As by the API, or a push: closes the pull requests from it and into it, unlike the button on a merged one. */
  deleteBranch(repository: RepositoryName, branch: string): Promise<void>;
  /** By its button: what is based on it follows, and what comes from it is closed. */
  renameBranch(repository: RepositoryName, branch: string, to: string): Promise<void>;
  /** To another name or another owner; the old name goes on working. */
  moveRepository(repository: RepositoryName, to: RepositoryName): Promise<void>;
  /** @returns the issue's number in the other repository */
  transferIssue(repository: RepositoryName, number: number, to: RepositoryName): number;
}

export function createMovers(state: State): Movers {
  return {
    closeItem: (name, number) => close(itemOf(state.repository(name), number)),

    reopen(name, number) {
      const item = itemOf(state.repository(name), number);
      if ('baseDeletedAt' in item && item.baseDeletedAt !== null)
        throw new Error(`#${number} can’t be reopened: its base branch was deleted`);
      Object.assign(item, { state: 'open', closedAt: null, updatedAt: now() });
    },

    convertToDraft: (name, number) =>
      void Object.assign(pullOf(state.repository(name), number), {
        ...{ draft: true, updatedAt: now() },
      }),

    async deleteBranch(name, branch) {
      const repository = state.repository(name);
      await exclusively(repository, async () => {
        await git(repository.directory, 'update-ref', '-d', `refs/heads/${branch}`);
        await followBranches(repository);
      });
    },

    async renameBranch(name, branch, to) {
      const repository = state.repository(name);
      await exclusively(repository, async () => {
        await git(repository.directory, 'branch', '--move', branch, to);
        for (const pull of openPulls(repository)) if (pull.base === branch) pull.base = to;
        await followBranches(repository);
      });
    },

    async moveRepository(old, to) {
      const repository = state.repository(old);
      const { owner, repo } = splitRepository(to);
      // The objects stay where they are; git asks for them by the new name.
      const root = dirname(dirname(repository.directory));
      await mkdir(join(root, owner), { recursive: true });
      await symlink(repository.directory, join(root, owner, `${repo}.git`));
      Object.assign(repository, { owner, name: repo });
      state.repositories.delete(old.toLowerCase());
      state.repositories.set(to.toLowerCase(), repository);
      state.renamed.set(old.toLowerCase(), to);
    },

    transferIssue(name, number, to) {
      const from = state.repository(name);
      const target = state.repository(to);
      const issue = from.issues.get(number);
      if (!issue) throw new Error(`${name} has no issue #${number}`);
      const moved = { ...issue, number: nextNumber(target), updatedAt: now() };
      from.issues.delete(number);
      target.issues.set(moved.number, moved);
      from.transferred.set(number, `${fullName(target)}/issues/${moved.number}`);
      return moved.number;
    },
  };
}

/** Where to ask instead, when a repository or an issue has gone elsewhere. */
export function redirect(
  state: State,
  method: string,
  url: string,
  { owner, repo, issue_number: issue }: Readonly<Record<string, unknown>>,
): Answer | undefined {
  const renamed = state.renamed.get(`${owner}/${repo}`.toLowerCase());
  const transferred = state.repositories
    .get(`${owner}/${repo}`.toLowerCase())
    ?.transferred.get(Number(issue));
  const location = renamed
    ? url.replace(`/repos/${owner}/${repo}`, `/repos/${renamed}`)
    : transferred && `${new URL(url).origin}/repos/${transferred}`;
  if (location === undefined) return undefined;
  return {
    status: method === 'GET' ? 301 : 307,
    headers: { location },
    body: {
      ...{ message: 'Moved Permanently', url: location },
      documentation_url: 'https://docs.github.com/rest',
    },
  };
}
