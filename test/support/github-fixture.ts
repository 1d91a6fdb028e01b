import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { createGitHub } from '../../src/github/api/client.ts';
import type { GitHub } from '../../src/github/port.ts';
import { git } from './github-emulator/git.ts';
import { type Emulator, type NewRepository, startGitHubEmulator } from './github-emulator/index.ts';
import { temporaryDirectory } from './temporary.ts';

/** Coppice's view of the emulated GitHub, which needs no space between requests. */
export const connect = (
  { emulator }: Pick<Fixture, 'emulator'>,
  { token = TOKEN, spaced = false } = {},
): GitHub =>
  createGitHub({ apiUrl: emulator.apiUrl, tokens: async () => token, spaced, late: [20, 100] });

export const TOKEN = 'emulated-token';
export const ACME = RepositoryName.parse('acme/app');

export interface Fixture {
  readonly emulator: Emulator;
  /** A clone of acme/app whose remote knows the token. */
  readonly clone: string;
  /** Commits a file on a new branch, started at `from`, and pushes it. @returns the commit */
  pushBranch(branch: string, options?: { from?: string; file?: string }): Promise<string>;
  /** An issue, and a pull request from `issue-<n>` that closes it. @returns their numbers and the head */
  openPull(options?: { draft?: boolean }): Promise<OpenPull>;
}

interface OpenPull {
  readonly issue: number;
  readonly pullRequest: number;
  readonly headSha: string;
}

/** An emulator with the repository acme/app on `main`; fails the test that GitHub's description would fail. */
export async function githubFixture(options: Partial<NewRepository> = {}): Promise<Fixture> {
  const root = temporaryDirectory('github');
  const source = join(root, 'source');
  const clone = join(root, 'clone');
  mkdirSync(source);
  await git(source, 'init', '--quiet', '--initial-branch=main');
  await commitFile(source, 'README.md');

  const emulator = await startGitHubEmulator({ root: join(root, 'bare'), token: TOKEN });
  onTestFinished(async () => {
    await emulator.close();
    expect(emulator.violations).toEqual([]);
  });
  const { cloneUrl } = await emulator.addRepository({
    ...{ owner: 'acme', name: 'app', from: source },
    ...options,
  });
  await git(root, 'clone', '--quiet', withToken(cloneUrl), clone);

  const pushBranch: Fixture['pushBranch'] = async (
    branch,
    { from = 'origin/main', file = `${branch.replaceAll('/', '-')}.txt` } = {},
  ) => {
    await git(clone, 'fetch', '--quiet');
    await git(clone, 'checkout', '--quiet', '--no-track', '-B', branch, from);
    await commitFile(clone, file);
    await git(clone, 'push', '--quiet', 'origin', branch);
    return git(clone, 'rev-parse', 'HEAD');
  };

  return {
    ...{ emulator, clone, pushBranch },
    async openPull({ draft = false } = {}) {
      const issue = emulator.addIssue(ACME, { title: 'One', body: 'Do it' });
      const head = `issue-${issue}`;
      const headSha = await pushBranch(head);
      const { number } = await connect({ emulator }).ensurePullRequest(ACME, {
        ...{ head, base: 'main', title: 'One', body: `Closes #${issue}`, draft },
        marker: `coppice/acme/app/issues/${issue}`,
      });
      return { issue, pullRequest: number, headSha };
    },
  };
}

export const withToken = (cloneUrl: string): string =>
  cloneUrl.replace('://', `://x-access-token:${TOKEN}@`);

export async function commitFile(directory: string, file: string, text = file): Promise<void> {
  writeFileSync(join(directory, file), `${text}\n`);
  await git(directory, 'add', '--all');
  await git(directory, 'commit', '--quiet', '-m', `Add ${file}`);
}
