import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Places } from './collect.ts';
import type { PullRequest, Repositories } from './evidence.ts';

const run = promisify(execFile);
const MAX_BUFFER = 1024 * 1024 * 1024;

async function git(directory: string, ...args: string[]): Promise<string> {
  return (await run('git', args, { cwd: directory, maxBuffer: MAX_BUFFER })).stdout.trimEnd();
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/** What git has in the person's checkout and on GitHub. */
export async function repositoriesOf(
  { checkout, bare }: Places,
  pulls: readonly PullRequest[],
): Promise<Repositories> {
  const heads = pulls.map(({ headSha }) => headSha);
  const worktrees = await git(checkout, 'worktree', 'list', '--porcelain');
  return {
    files: await filesOf(bare),
    known: [...(await knownIn(bare, heads)), ...(await knownIn(checkout, []))],
    githubBranches: lines(
      await git(bare, 'for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads'),
    ),
    checkoutRefs: lines(await git(checkout, 'for-each-ref', '--format=%(refname)')),
    worktrees: lines(worktrees).filter((line) => line.startsWith('worktree ')),
    remains: remainsOf(checkout),
  };
}

async function filesOf(bare: string): Promise<Record<string, string>> {
  const paths = lines(await git(bare, 'ls-tree', '-r', '--name-only', 'main', 'work/'));
  const files = paths.map(async (path) => {
    const { stdout } = await run('git', ['show', `main:${path}`], { cwd: bare });
    return [path, stdout] as const;
  });
  return Object.fromEntries(await Promise.all(files));
}

/** Commits under any ref, or below these heads, and the patch ids of them. */
async function knownIn(directory: string, heads: readonly string[]): Promise<string[]> {
  const script = 'git log --all --full-history -p "$@" | git patch-id --stable';
  const options = { cwd: directory, maxBuffer: MAX_BUFFER };
  const { stdout } = await run('sh', ['-c', script, 'known', ...heads], options);
  return stdout.split(/\s+/).filter((word) => word !== '');
}

/** Locks in the git directory, and what sessions had beside the checkout and in it. */
function remainsOf(checkout: string): string[] {
  const directory = join(checkout, '.git');
  const locks = filesIn(directory).filter((path) => path.endsWith('.lock'));
  const beside = readdirSync(dirname(checkout))
    .filter((name) => name.startsWith(`${basename(checkout)}-`))
    .map((name) => join(dirname(checkout), name));
  const own = join(directory, 'coppice');
  const sessions = existsSync(own) ? readdirSync(own).map((name) => join(own, name)) : [];
  return [...locks, ...beside, ...sessions];
}

const filesIn = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
