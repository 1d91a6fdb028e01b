import { expect, test } from 'vitest';
import { readRefs } from '../../../src/git/refs/ref-record.ts';
import { restoreRefs } from '../../../src/git/refs/restore-refs.ts';
import { addWorktree } from '../../../src/git/worktree/worktrees.ts';
import { commit, createRepository, run } from '../../support/git-repository.ts';

/** Two sessions of one checkout; the refs are noted before a turn of the first. */
async function twoSessions() {
  const { checkout, remote, location } = createRepository();
  const tip = run(remote, 'rev-parse', 'main');
  const [own, other] = [location(1), location(2)];
  for (const session of [own, other]) await addWorktree(session, { tip });
  run(checkout, 'branch', 'feature');
  run(checkout, 'branch', 'merged');
  const before = await readRefs(checkout);
  const end = () => restoreRefs(own, before, 'everything', () => false);
  return {
    checkout,
    own,
    other,
    tip,
    end,
    tipOf: (ref: string) => run(checkout, 'rev-parse', ref),
  };
}

test('what others did with branches that they have left since is theirs', async () => {
  const { checkout, other, tip, end, tipOf } = await twoSessions();
  const inOther = commit(other.worktree, { 'other.txt': 'x\n' }, 'work');
  run(other.worktree, 'checkout', '--quiet', '--detach');
  run(checkout, 'checkout', '--quiet', 'feature');
  const byPerson = commit(checkout, { 'hand.txt': 'x\n' }, 'by hand');
  run(checkout, 'checkout', '--quiet', 'main');
  run(checkout, 'branch', '--quiet', '-D', 'merged');
  run(checkout, 'branch', '-m', 'feature', 'renamed');

  expect(await end()).toEqual([]);
  expect(tipOf(other.branch)).toBe(inOther);
  expect(tipOf('renamed')).toBe(byPerson);
  expect(run(checkout, 'branch', '--list', 'merged', 'feature')).toBe('');
  expect(tipOf('main')).toBe(tip);
});

test('a commit of a person in the middle of a rebase stays', async () => {
  const { checkout, end, tipOf } = await twoSessions();
  run(checkout, 'checkout', '--quiet', 'feature');
  const byPerson = commit(checkout, { 'hand.txt': 'x\n' }, 'by hand');
  run(checkout, 'checkout', '--quiet', '--detach');
  expect(await end()).toEqual([]);
  expect(tipOf('feature')).toBe(byPerson);
});

test('what the turn moved or took away is put back, and told', async () => {
  const { checkout, own, other, tip, end, tipOf } = await twoSessions();
  const mine = commit(own.worktree, { 'own.txt': 'x\n' }, 'work');
  run(own.worktree, 'branch', '-f', 'feature', mine);
  run(own.worktree, 'update-ref', '-d', `refs/heads/${other.branch}`);
  expect(await end()).toEqual([
    'refs/heads/feature, which was moved',
    'refs/heads/issue-2, which was deleted',
  ]);
  expect([tipOf('feature'), tipOf(other.branch)]).toEqual([tip, tip]);
  expect(run(checkout, 'for-each-ref', '--format=%(objectname)', 'refs/coppice/kept')).toBe(mine);
});
