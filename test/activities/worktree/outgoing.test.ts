import { expect, test } from 'vitest';
import { otherBranchProblems } from '../../../src/activities/worktree/other-work.ts';
import { outgoingProblems } from '../../../src/activities/worktree/outgoing.ts';
import { parsePatch } from '../../../src/git/remote/added-lines.ts';
import { pushBranch } from '../../../src/git/remote/push.ts';
import { addWorktree } from '../../../src/git/worktree/worktrees.ts';
import { coppiceHome } from '../../../src/state/home.ts';
import { commit, createRepository, noToken, run } from '../../support/git-repository.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

/** Not a whole secret here either, lest this file be taken for a leak. */
const SECRET = ['ghp', 'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'].join('_');

async function session() {
  const repository = createRepository();
  const location = repository.location(124);
  const tip = run(repository.remote, 'rev-parse', 'main');
  await addWorktree(location, { tip });
  return {
    ...{ location, repository, tip },
    problems: () => outgoingProblems(location, { branch: 'main', tip }, 1, noToken),
  };
}

test('ordinary commits may go, odd names and contents included', async () => {
  const { location, problems } = await session();
  expect(await problems()).toEqual([]);
  commit(location.worktree, {
    'a b/ü\n.txt': '++ b/x\n--- a\n@@ -1 +1 @@\n',
    'bin.dat': '\0\u0001',
  });
  expect(await problems()).toEqual([]);
});

test('a secret is told by its place, also when a later commit takes it away, and never by itself', async () => {
  const { location, problems } = await session();
  commit(location.worktree, { 'src/config.js': `one\ntwo\nexport const token = '${SECRET}';\n` });
  commit(location.worktree, { 'src/config.js': 'one\ntwo\n' });
  const [problem = ''] = await problems();
  expect(problem).toContain('src/config.js:3 (');
  expect(problem).not.toContain(SECRET);
});

test('a secret in a message, in the name of a file or in a binary one is told, and a key of this machine’s by its value', async () => {
  const { location, tip } = await session();
  const key = 'corporate-4f1c2e9a7b';
  const look = () => outgoingProblems(location, { branch: 'main', tip }, 1, noToken, [key]);
  commit(location.worktree, { 'a.txt': 'a\n' }, `use ${SECRET}`);
  expect(await look()).toEqual([expect.stringMatching(/the message of [0-9a-f]{8} \(/)]);
  run(location.worktree, 'reset', '--quiet', '--hard', tip);
  commit(location.worktree, { [`${SECRET}.txt`]: 'a\n' });
  expect(await look()).toEqual([expect.stringContaining('the name of a file (')]);
  run(location.worktree, 'reset', '--quiet', '--hard', tip);
  commit(location.worktree, { 'bin.dat': `\0\u0001\n${SECRET}\n` });
  expect(await look()).toEqual([expect.stringContaining('bin.dat (')]);
  run(location.worktree, 'reset', '--quiet', '--hard', tip);
  commit(location.worktree, { 'c.txt': `one\nconst key = '${key}'\n` });
  expect(await look()).toEqual([expect.stringContaining('c.txt:2 (a secret of this machine)')]);
});

test('what was pushed before is not held against the next push', async () => {
  const { location, problems } = await session();
  commit(location.worktree, { 'a.txt': `${SECRET}\n` });
  expect(await problems()).toHaveLength(1);
  await pushBranch(location, noToken);
  commit(location.worktree, { 'b.txt': 'b\n' });
  expect(await problems()).toEqual([]);
});

test('large files and conflict markers are named', async () => {
  const { location, problems } = await session();
  commit(location.worktree, {
    'video.bin': 'x'.repeat(1_600_000),
    'small.bin': 'x'.repeat(900_000),
  });
  commit(location.worktree, { 'c.txt': '<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> theirs\n' });
  expect(await problems()).toEqual([
    'conflict markers are left in c.txt',
    'files larger than 1 MB are committed: video.bin (2 MB); remove them from the commits',
  ]);
});

/** Another session of the repository, which has pushed a commit. */
async function pushed({ repository }: Awaited<ReturnType<typeof session>>, from: string) {
  const location = repository.location(126);
  await addWorktree(location, { tip: from });
  const sha = commit(location.worktree, { 'other.txt': 'other\n' });
  await pushBranch(location, noToken);
  return { location, sha };
}

test('commits of another session’s branch are named; what stands on this one, or is in the base, is not', async () => {
  const one = await session();
  const { location, problems, repository, tip } = one;
  const own = commit(location.worktree, { 'a.txt': 'a\n' });
  await pushBranch(location, noToken);
  const above = await pushed(one, own);
  // Rewritten, its first commit is in the branch above still.
  run(location.worktree, 'commit', '--quiet', '--allow-empty', '-m', 'more');
  expect(await problems()).toEqual([]);
  commit(repository.checkout, { 'main.txt': 'main\n' });
  run(repository.checkout, 'push', '--quiet', 'origin', 'HEAD:main');
  run(location.worktree, 'merge', '--quiet', '--no-edit', 'origin/main');
  expect(await problems()).toEqual([]);
  run(location.worktree, 'cherry-pick', above.sha);
  expect(await problems()).toEqual([]);
  run(location.worktree, 'reset', '--quiet', '--hard', tip);
  run(location.worktree, 'merge', '--quiet', '--no-ff', '--no-edit', above.location.branch);
  expect(await problems()).toEqual([
    expect.stringContaining('it contains commits of other issues’ branches: issue-126'),
  ]);
});

test('a branch that does not stand on its base any more is told', async () => {
  const { location, problems, tip } = await session();
  run(location.worktree, 'checkout', '--quiet', '--orphan', 'fresh');
  commit(location.worktree, { 'a.txt': 'a\n' });
  run(location.worktree, 'branch', '--force', location.branch, 'HEAD');
  run(location.worktree, 'checkout', '--quiet', location.branch);
  expect(await problems()).toEqual([
    `issue-124 is not based on main any more: rebase its commits onto ${tip}`,
  ]);
});

test('a patch whose lines look like headers is read by its counts', () => {
  const patch = [
    ...['diff --git a/x b/x', '--- a/x', '+++ b/x', '@@ -3,2 +3,3 @@ fn'],
    ...['---a', '-b', '+++ b/evil', '+@@ -1 +9 @@', '+c', '\\ No newline at end of file'],
    ...[
      '@@ -9,0 +11 @@',
      '+d',
      '',
      'diff --git a/y b/y',
      '--- a/y',
      '+++ b/y',
      '@@ -0,0 +1 @@',
      '+e',
    ],
  ];
  expect(parsePatch(patch.join('\n'))).toEqual([
    { path: 'x', line: 3, text: '++ b/evil\n@@ -1 +9 @@\nc' },
    { path: 'x', line: 11, text: 'd' },
    { path: 'y', line: 1, text: 'e' },
  ]);
});

test('work on other branches of the worktree is told once; backups and others’ branches are not', async () => {
  const { location, repository, tip } = await session();
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('home') });
  const problems = () => otherBranchProblems(home, location, { branch: 'main', tip });
  const { worktree } = location;
  const on = (branch: string, ...more: string[]) =>
    run(worktree, 'checkout', '-q', branch, ...more);
  const own = commit(worktree, { 'a.txt': 'a\n' });
  run(worktree, 'branch', 'backup');
  run(repository.checkout, 'branch', 'persons', own);
  commit(repository.checkout, { 'p.txt': 'p\n' });
  run(repository.checkout, 'branch', 'theirs');
  // Rebased, the backup has the same change in another commit.
  run(worktree, 'commit', '-q', '--amend', '--message', 'better');
  expect(await problems()).toEqual([]);
  on('-b', 'experiment');
  commit(worktree, { 'b.txt': 'b\n' });
  on('issue-124');
  expect(await problems()).toEqual([expect.stringContaining('(experiment)')]);
  expect(await problems()).toEqual([]);
  on('experiment');
  commit(worktree, { 'c.txt': 'c\n' });
  on('issue-124');
  expect(await problems()).toHaveLength(1);
  run(worktree, 'merge', '-q', '--squash', 'experiment');
  run(worktree, 'commit', '-q', '--message', 'all of it');
  on('-b', 'later', 'experiment');
  on('issue-124');
  expect(await problems()).toEqual([]);
});
