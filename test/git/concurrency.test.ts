import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { CoppiceError } from '../../src/domain/shared/failure.ts';
import { fetchBranch } from '../../src/git/remote/remote.ts';
import { addWorktree } from '../../src/git/worktree/worktrees.ts';
import { createRepository, noToken, run } from '../support/git-repository.ts';

test('no fetch of ours runs while a worktree of ours is being registered', async () => {
  const { root, location, checkout, remote } = createRepository();
  const tip = run(remote, 'rev-parse', 'main');
  const log = join(root, 'log');
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const shim = `#!/bin/sh
case " $* " in
  *" fetch "* | *" worktree add "*) echo begin >>${log}; sleep 0.1; ${git} "$@"; code=$?; echo end >>${log}; exit $code ;;
  *) exec ${git} "$@" ;;
esac
`;
  mkdirSync(join(root, 'bin'));
  writeFileSync(join(root, 'bin', 'git'), shim, { mode: 0o755 });
  vi.stubEnv('PATH', `${join(root, 'bin')}:${process.env.PATH}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  await Promise.all(
    [1, 2, 3].flatMap((issue) => [
      addWorktree(location(issue), { tip }),
      fetchBranch(checkout, 'origin', 'main', noToken),
    ]),
  );
  expect(readFileSync(log, 'utf8')).toBe('begin\nend\n'.repeat(6));
});

test('a worktree that another process is just making is no reason to ask a person', async () => {
  const { checkout, commitElsewhere } = createRepository();
  commitElsewhere('main', { 'new.txt': 'x\n' });
  // What `git worktree add` leaves for a moment: the HEAD of no commit yet.
  const half = join(checkout, '.git', 'worktrees', 'half');
  mkdirSync(half, { recursive: true });
  const files = { HEAD: `${'0'.repeat(40)}\n`, commondir: '../..\n', gitdir: '/nowhere/.git\n' };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(half, name), text);
  const failed = await fetchBranch(checkout, 'origin', 'main', noToken).catch((error) => error);
  expect(failed).toBeInstanceOf(Error);
  expect(failed).not.toBeInstanceOf(CoppiceError);
});
