import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { addWorktree } from '../../src/git/worktree/worktrees.ts';
import { createRepository, run } from '../support/git-repository.ts';

test.runIf(availableParallelism() > 1)(
  'a worktree of many files is filled by several processes',
  async () => {
    const names = Array.from({ length: 500 }, (_, index) => `${index}.txt`);
    const { root, location, remote } = createRepository(
      Object.fromEntries(names.map((name) => [name, `${name}\n`])),
    );
    const events = join(root, 'events');
    writeFileSync(join(root, '.gitconfig'), `[trace2]\n  eventTarget = ${events}\n`);
    vi.stubEnv('HOME', root);
    onTestFinished(() => void vi.unstubAllEnvs());
    await addWorktree(location(1), { tip: run(remote, 'rev-parse', 'main') });
    expect(run(location(1).worktree, 'status', '--porcelain')).toBe('');
    expect(readFileSync(events, 'utf8')).toContain('"checkout--worker"');
  },
);
