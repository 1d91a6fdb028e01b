import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CoppiceError } from '../../src/domain/failure.ts';
import { fetchBranch } from '../../src/git/remote.ts';
import { addWorktree } from '../../src/git/worktrees.ts';
import { createRepository, noToken, run } from '../support/git-repository.ts';

test('sessions that start at the same time do not disturb each other’s fetches', async () => {
  const { place, checkout, remote, commitElsewhere } = createRepository();
  const tip = run(remote, 'rev-parse', 'main');
  for (let round = 0; round < 4; round++) {
    const fetched = commitElsewhere('main', { [`${round}.txt`]: 'x\n' });
    const issues = Array.from({ length: 8 }, (_, index) => 100 * (round + 1) + index);
    const outcomes = await Promise.all(
      issues.flatMap((issue) => [
        addWorktree(place(issue), { tip }),
        fetchBranch(checkout, 'origin', 'main', noToken),
      ]),
    );
    expect(outcomes).toContain(fetched);
  }
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
