import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { PullRequestSize } from './state.ts';

/** Nothing of the machine's own git configuration, and a committer of the emulator's. */
export const GIT_ENVIRONMENT = {
  PATH: process.env.PATH,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'GitHub Emulator',
  GIT_AUTHOR_EMAIL: 'noreply@example.com',
  GIT_COMMITTER_NAME: 'GitHub Emulator',
  GIT_COMMITTER_EMAIL: 'noreply@example.com',
};

/** Who commits what somebody does on GitHub's pages. */
export const WEB_COMMITTER = 'noreply@github.com';

export const git = (directory: string, ...args: string[]): Promise<string> =>
  gitWith({}, directory, ...args);

export async function gitWith(
  variables: Readonly<Record<string, string>>,
  directory: string,
  ...args: string[]
): Promise<string> {
  const env = { ...GIT_ENVIRONMENT, ...variables };
  const options = { cwd: directory, env, extendEnv: false } as const;
  return (await execa('git', args, options)).stdout;
}

/** Settings of a repository on GitHub. Written as a file, because a process for each takes longer. */
const BARE_CONFIG = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
	fsync = none
[http]
	receivepack = true
[uploadpack]
	allowAnySHA1InWant = true
	allowFilter = true
[gc]
	auto = 0
`;

/** Copies a repository's branches and tags into a bare one that takes pushes. */
export async function copyBare(from: string, to: string, defaultBranch: string): Promise<void> {
  await git('/', 'clone', '--quiet', '--bare', '--no-local', from, to);
  await writeFile(join(to, 'config'), BARE_CONFIG);
  await writeFile(join(to, 'HEAD'), `ref: refs/heads/${defaultBranch}\n`);
}

/** Branches and the commits they are at. */
export async function branches(directory: string): Promise<Map<string, string>> {
  const format = '%(objectname) %(refname:lstrip=2)';
  const lines = await git(directory, 'for-each-ref', `--format=${format}`, 'refs/heads');
  return new Map(
    lines
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]),
  );
}

/** Commits one file on a branch of a bare repository. @returns the commit */
export async function commitFileTo(
  directory: string,
  change: { branch: string; author: string; path: string; text: string },
): Promise<string> {
  const ref = `refs/heads/${change.branch}`;
  const env = { ...GIT_ENVIRONMENT, GIT_INDEX_FILE: `${directory}/index-${randomUUID()}` };
  const run = async (args: string[], input = '') =>
    (await execa('git', args, { cwd: directory, env, extendEnv: false, input })).stdout;
  try {
    const parent = await run(['rev-parse', ref]);
    const blob = await run(['hash-object', '-w', '--stdin'], change.text);
    await run(['read-tree', parent]);
    await run(['update-index', '--add', '--cacheinfo', `100644,${blob},${change.path}`]);
    const tree = await run(['write-tree']);
    env.GIT_AUTHOR_NAME = change.author;
    env.GIT_COMMITTER_NAME = change.author;
    const commit = await run(['commit-tree', tree, '-p', parent, '-m', `Change ${change.path}`]);
    await run(['update-ref', ref, commit, parent]);
    return commit;
  } finally {
    await rm(env.GIT_INDEX_FILE, { force: true });
  }
}

/** Whether merging `head` into `base` would conflict. */
export async function conflicts(directory: string, base: string, head: string): Promise<boolean> {
  const options = {
    cwd: directory,
    env: GIT_ENVIRONMENT,
    extendEnv: false,
    reject: false,
  } as const;
  const { exitCode } = await execa('git', ['merge-tree', '--write-tree', base, head], options);
  if (exitCode === undefined || exitCode > 1) throw new Error('git merge-tree failed');
  return exitCode === 1;
}

export async function sizeOf(
  directory: string,
  base: string,
  head: string,
): Promise<PullRequestSize> {
  const commits = Number(await git(directory, 'rev-list', '--count', `${base}..${head}`));
  const summary = await git(directory, 'diff', '--shortstat', `${base}...${head}`);
  const count = (pattern: RegExp) => Number(pattern.exec(summary)?.[1] ?? 0);
  return {
    commits,
    files: count(/(\d+) files? changed/),
    additions: count(/(\d+) insertions?/),
    deletions: count(/(\d+) deletions?/),
  };
}
