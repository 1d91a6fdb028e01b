import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SessionLocation } from '../../src/domain/session/session.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { fillFromTemplate } from './template.ts';
import { temporaryDirectory } from './temporary.ts';

const IDENTITY = ['-c', 'user.name=Tester', '-c', 'user.email=tester@example.com'];
const PLAIN = ['-c', 'commit.gpgSign=false', '-c', 'init.defaultBranch=main', '-c', 'gc.auto=0'];

/** Plain git, as a person would run it. Throws when git fails. */
export const run = (directory: string, ...args: string[]): string =>
  execFileSync('git', [...IDENTITY, ...PLAIN, ...args], {
    cwd: directory,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trimEnd();

/** Writes files (path → content) and commits them; returns the commit. */
export function commit(
  directory: string,
  files: Readonly<Record<string, string>>,
  message = 'change',
): string {
  write(directory, files);
  run(directory, 'add', '--all');
  run(directory, 'commit', '--quiet', '--message', message);
  return run(directory, 'rev-parse', 'HEAD');
}

export function write(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
}

/** What is lost with the machine is lost with the test. */
export const neverSync = (gitDirectory: string): void =>
  appendFileSync(join(gitDirectory, 'config'), '[core]\n\tfsync = none\n');

export interface TestRepository {
  /** Holds everything: checkout, remote, worktrees. */
  readonly root: string;
  /** The person's checkout, with a commit on main that is pushed. */
  readonly checkout: string;
  /** The bare repository behind `origin`. */
  readonly remote: string;
  location(issue: number): SessionLocation;
  /** Adds a commit to a branch of the remote, as somebody else would. */
  commitElsewhere(branch: string, files: Readonly<Record<string, string>>): string;
}

/** The checkout `app` of the bare repository `remote.git`, with one commit that is pushed. */
function makePushed(root: string, files: Readonly<Record<string, string>>): void {
  const checkout = join(root, 'app');
  const remote = join(root, 'remote.git');
  run(root, 'init', '--quiet', '--bare', remote);
  run(root, 'clone', '--quiet', remote, checkout);
  for (const directory of [remote, join(checkout, '.git')]) neverSync(directory);
  commit(checkout, files, 'first');
  run(checkout, 'push', '--quiet', 'origin', 'HEAD:main');
}

/** A checkout of a repository with one commit, and the bare repository it was pushed to. */
export function createRepository(
  files: Readonly<Record<string, string>> = { 'README.md': '# app\n' },
): TestRepository {
  const root = temporaryDirectory('git');
  const checkout = join(root, 'app');
  const remote = join(root, 'remote.git');
  fillFromTemplate(root, JSON.stringify(files), (template) => makePushed(template, files));
  run(checkout, 'remote', 'set-url', 'origin', remote);
  let others = 0;
  return {
    root,
    checkout,
    remote,
    location: (issue) => ({
      repository: RepositoryName.parse('acme/app'),
      issue,
      hostId: 'test-host',
      checkout,
      worktree: join(root, `app-issue-${issue}`),
      branch: `issue-${issue}`,
      remote: 'origin',
    }),
    commitElsewhere(branch, changes) {
      const other = join(root, `other-${others++}`);
      run(root, 'clone', '--quiet', '--branch', branch, remote, other);
      const sha = commit(other, changes, `elsewhere on ${branch}`);
      run(other, 'push', '--quiet', 'origin', `HEAD:${branch}`);
      return sha;
    },
  };
}

/** For remotes that are paths: a token is never asked for. */
export const noToken = async (): Promise<string> => {
  throw new Error('no token was needed');
};
