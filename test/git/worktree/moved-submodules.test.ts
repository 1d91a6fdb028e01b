import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { outgoingProblems } from '../../../src/activities/worktree/outgoing.ts';
import { integrateRemoteCommits } from '../../../src/git/rebase/remote-commits.ts';
import { restack } from '../../../src/git/rebase/restack.ts';
import { recordBaseline, runSetupCommands } from '../../../src/git/worktree/baseline.ts';
import { inspectWork } from '../../../src/git/worktree/work.ts';
import { commit, noToken, run } from '../../support/git-repository.ts';
import { withSubmodules } from '../../support/submodules.ts';

const LOCAL = ['-c', 'protocol.file.allow=always'];

/** A session with a submodule, whose base then records another commit of that. */
async function moved() {
  const given = await withSubmodules();
  const { root, remote, lib, worktree, location, base } = given;
  await recordBaseline(location, true);
  const update = (files: Readonly<Record<string, string>>) => {
    commit(lib, files);
    const other = join(root, `other-${Object.keys(files).join()}`);
    run(root, 'clone', '--quiet', '--branch', 'main', remote, other);
    run(other, ...LOCAL, 'submodule', '--quiet', 'update', '--init');
    run(join(other, 'lib'), ...LOCAL, 'pull', '--quiet', 'origin', 'main');
    commit(other, {}, 'a newer lib');
    run(other, 'push', '--quiet', 'origin', 'HEAD:main');
  };
  const look = async () => (await inspectWork(location, base)).uncommitted;
  const move = (from = base) => restack(location, from, 'main', { tokens: noToken });
  return { ...given, worktree, update, look, move };
}

test('a submodule that the base moved is nobody’s uncommitted work, however often', async () => {
  const { worktree, update, look, move } = await moved();
  update({ two: 'two' });
  const base = await move();
  expect(run(worktree, 'status', '--porcelain')).toBe(' M lib');
  expect(await look()).toBe(0);
  update({ three: 'three' });
  await move(base);
  expect(run(worktree, 'status', '--porcelain')).toBe(' M lib');
  expect(await look()).toBe(0);
  expect(existsSync(join(worktree, 'lib/lib.txt'))).toBe(true);
});

test('one whose newer commit the agent committed is nobody’s uncommitted work after its base moved', async () => {
  const { worktree, update, look, move } = await moved();
  update({ two: 'two' });
  const base = await move();
  run(worktree, ...LOCAL, 'submodule', '--quiet', 'update', 'lib');
  expect(run(worktree, 'status', '--porcelain')).toBe('');
  update({ three: 'three' });
  await move(base);
  expect(run(worktree, 'status', '--porcelain')).toBe(' M lib');
  expect(await look()).toBe(0);
});

test('one that the agent moved is work, before its base moves and after', async () => {
  const { worktree, update, look, move } = await moved();
  commit(join(worktree, 'lib'), { mine: 'mine' });
  expect(await look()).toBe(1);
  update({ two: 'two' });
  const base = await move();
  expect(await look()).toBe(1);
  run(join(worktree, 'lib'), 'checkout', '--quiet', 'HEAD~1');
  await move(base);
  expect(await look()).toBe(1);
});

test('one that setup commands moved is nobody’s work until somebody moves it', async () => {
  const { lib, worktree, location, look } = await moved();
  commit(lib, { two: 'two' });
  await runSetupCommands(location, async () =>
    run(worktree, ...LOCAL, 'submodule', '--quiet', 'update', '--remote', 'lib'),
  );
  expect(run(worktree, 'status', '--porcelain')).toBe(' M lib');
  expect(await look()).toBe(0);
  commit(join(worktree, 'lib'), { mine: 'mine' });
  expect(await look()).toBe(1);
});

test('one that an agent’s commit sets back, since it stayed when the base moved, is told before a push', async () => {
  const { location, worktree, update, move } = await moved();
  const former = run(worktree, 'rev-parse', 'HEAD:lib');
  update({ two: 'two' });
  const base = await move();
  const newer = run(worktree, 'rev-parse', 'HEAD:lib');
  const problems = () => outgoingProblems(location, base, 1, noToken);
  commit(worktree, { 'b.txt': 'b' });
  const [problem = '', ...others] = await problems();
  expect(others).toEqual([]);
  expect(problem).toContain(`lib is recorded at ${former.slice(0, 8)}`);
  const commands = [...problem.matchAll(/`git (.*?)`/g)].map(([, args = '']) => args.split(' '));
  for (const args of commands) run(worktree, ...LOCAL, ...args);
  run(worktree, 'commit', '--quiet', '--message', 'take the newer lib');
  expect(run(worktree, 'rev-parse', 'HEAD:lib', ':lib')).toBe(`${newer}\n${newer}`);
  expect(run(worktree, 'status', '--porcelain')).toBe('');
  expect(await problems()).toEqual([]);
  // An older commit that is wanted may go.
  run(join(worktree, 'lib'), 'checkout', '--quiet', former);
  commit(worktree, {}, `go back to ${former.slice(0, 8)} of lib, which works`);
  expect(await problems()).toEqual([]);
});

test('one that a commit of somebody else on the branch moved, and an agent’s commit sets back, is told too', async () => {
  const { root, remote, lib, location, base, worktree } = await moved();
  const newer = commit(lib, { two: 'two' });
  const other = join(root, 'theirs');
  run(root, 'clone', '--quiet', '--branch', 'issue-124', remote, other);
  run(other, 'update-index', '--cacheinfo', `160000,${newer},lib`);
  run(other, 'commit', '--quiet', '--message', 'a newer lib');
  run(other, 'push', '--quiet', 'origin', 'HEAD:issue-124');
  await integrateRemoteCommits(location, base, { tokens: noToken });
  commit(worktree, { 'b.txt': 'b' });
  expect(await outgoingProblems(location, base, 1, noToken)).toEqual([
    expect.stringContaining(`when the branch moved on to ${newer.slice(0, 8)}`),
  ]);
});
