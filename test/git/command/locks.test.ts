import { existsSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { git } from '../../../src/git/command/client.ts';
import { removeLeftLock } from '../../../src/git/command/locks.ts';
import { addWorktree } from '../../../src/git/worktree/worktrees.ts';
import { createRepository, run } from '../../support/git-repository.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

beforeEach(() => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => told.mockRestore());
});

/** A lock from before the machine was started. */
function left(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
  utimesSync(path, 0, 0);
  return path;
}

const COMMANDS: Record<string, string[]> = {
  'refs/heads/topic.lock': ['update-ref', 'refs/heads/topic', 'HEAD'],
  'packed-refs.lock': ['pack-refs', '--all'],
  'index.lock': ['reset', '--quiet', '--hard'],
  'config.lock': ['config', 'coppice.test', 'yes'],
  'HEAD.lock': ['symbolic-ref', 'HEAD', 'refs/heads/other'],
  'refs/remotes/origin/main.lock': ['fetch', '--quiet', 'origin', '+main:refs/remotes/origin/main'],
};

test.for(Object.entries(COMMANDS))(
  'a %s that a killed git left is in nobody’s way for long',
  async ([name, args]) => {
    const { checkout, commitElsewhere } = createRepository();
    commitElsewhere('main', { 'new.txt': 'new\n' });
    const lock = left(join(checkout, '.git', name));
    await git(checkout, args);
    expect(existsSync(lock)).toBe(false);
  },
);

test('one that somebody may hold stays, and the command fails', async () => {
  const { checkout } = createRepository();
  const lock = join(checkout, '.git', 'refs', 'heads', 'topic.lock');
  writeFileSync(lock, '');
  await expect(git(checkout, ['update-ref', 'refs/heads/topic', 'HEAD'])).rejects.toThrow('lock');
  expect(existsSync(lock)).toBe(true);
});

test('a worktree is made over it at the second try', async () => {
  const { checkout, location } = createRepository();
  left(join(checkout, '.git', 'refs', 'heads', 'issue-1.lock'));
  const start = { tip: run(checkout, 'rev-parse', 'HEAD') };
  await expect(addWorktree(location(1), start)).rejects.toThrow('a lock, which is gone now');
  await addWorktree(location(1), start);
});

test('what git says names nothing outside of a git directory, nor behind a link', () => {
  const { checkout } = createRepository();
  const outside = temporaryDirectory('outside');
  const lock = left(join(outside, 'a.lock'));
  symlinkSync(outside, join(checkout, '.git', 'refs', 'heads', 'link'));
  for (const path of [lock, join(checkout, '.git', 'refs', 'heads', 'link', 'a.lock')])
    expect(removeLeftLock(`fatal: Unable to create '${path}': File exists.`, checkout)).toBe(false);
  const inside = left(join(checkout, '.git', 'index.lock'));
  expect(removeLeftLock(`remote: Unable to create '${inside}': File exists.`, checkout)).toBe(
    false,
  );
  expect(existsSync(lock) && existsSync(inside)).toBe(true);
});
