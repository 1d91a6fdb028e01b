import { execFileSync } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { createGitHub } from '../../src/github/api/client.ts';
import type { GitHub } from '../../src/github/port.ts';
import { neverSync } from './git-repository.ts';
import { GIT_ENVIRONMENT, git } from './github-emulator/git.ts';
import { type Emulator, type NewRepository, startGitHubEmulator } from './github-emulator/index.ts';
import { fillFromTemplate } from './template.ts';
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
  fillFromTemplate(source, 'acme/app', makeSource);

  const emulator = await startGitHubEmulator({ root: join(root, 'bare'), token: TOKEN });
  onTestFinished(async () => {
    await emulator.close();
    expect(emulator.violations).toEqual([]);
  });
  const { cloneUrl } = await emulator.addRepository({
    ...{ owner: 'acme', name: 'app', from: source },
    ...options,
  });
  fillFromTemplate(clone, 'acme/app', makeSource);
  appendFileSync(join(clone, '.git/config'), originAt(withToken(cloneUrl)));

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

/** One commit on `main`, as a clone has it: `origin/main` is there too. */
function makeSource(directory: string): void {
  const run = (...args: string[]) =>
    execFileSync('git', args, { cwd: directory, env: GIT_ENVIRONMENT });
  run('init', '--quiet', '--initial-branch=main');
  neverSync(join(directory, '.git'));
  writeFileSync(join(directory, 'README.md'), 'README.md\n');
  run('add', '--all');
  run('commit', '--quiet', '-m', 'Add README.md');
  run('update-ref', 'refs/remotes/origin/main', 'main');
  run('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
}

/** What `git clone` writes into a clone's configuration. */
const originAt = (url: string): string => `[remote "origin"]
	url = ${url}
	fetch = +refs/heads/*:refs/remotes/origin/*
[branch "main"]
	remote = origin
	merge = refs/heads/main
`;

export const withToken = (cloneUrl: string): string =>
  cloneUrl.replace('://', `://x-access-token:${TOKEN}@`);

export async function commitFile(directory: string, file: string, text = file): Promise<void> {
  writeFileSync(join(directory, file), `${text}\n`);
  await git(directory, 'add', '--all');
  await git(directory, 'commit', '--quiet', '-m', `Add ${file}`);
}
