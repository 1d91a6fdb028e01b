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

export async function git(directory: string, ...args: string[]): Promise<string> {
  const options = { cwd: directory, env: GIT_ENVIRONMENT, extendEnv: false } as const;
  return (await execa('git', args, options)).stdout;
}

/** Copies a repository's branches and tags into a bare one that takes pushes. */
export async function copyBare(from: string, to: string, defaultBranch: string): Promise<void> {
  await git('/', 'clone', '--quiet', '--bare', '--no-local', from, to);
  await git(to, 'remote', 'remove', 'origin');
  await git(to, 'symbolic-ref', 'HEAD', `refs/heads/${defaultBranch}`);
  await git(to, 'config', 'http.receivepack', 'true');
  await git(to, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  await git(to, 'config', 'gc.auto', '0');
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
