import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkWorktree } from '../../../src/activities/agent/checks.ts';
import { verified } from '../../../src/domain/session/turn.ts';
import { changeRefs } from '../../../src/git/refs/refs.ts';
import { gitDirectories } from '../../../src/git/worktree/git-file.ts';
import { removeWorktree } from '../../../src/git/worktree/remove.ts';
import { inspectWork } from '../../../src/git/worktree/work.ts';
import { run as git, noToken } from '../../support/git-repository.ts';
import { describeSandboxed } from '../../support/sandbox.ts';
import { sandboxTrial } from '../sandbox-trial.ts';

/** Without the sandbox: what stands between a hostile agent and others' work then. */
const hostile = (script: string) => sandboxTrial(script, { sandbox: 'off' });

/** Makes a commit where the shell is. */
const MOVED = 'moved=$(git -c user.name=A -c user.email=a@b commit-tree -m moved "main^{tree}")';

const kept = (checkout: string): string =>
  git(checkout, 'for-each-ref', '--format=%(objectname)', 'refs/coppice/kept');

test('refs that are not the session’s are put back, and a person hears of it', async () => {
  const trial = await hostile(`
    work; cd "$ROOT/app"; ${MOVED}
    git update-ref -d refs/heads/spare
    git update-ref refs/heads/issue-125 $moved; git tag -f v1 $moved; git branch mine $moved
    cd - >/dev/null; done_`);
  git(trial.checkout, 'tag', 'v1');
  // Work that is on no other branch, which nobody deletes without meaning it.
  const own = git(trial.checkout, 'commit-tree', '-p', 'main', '-m', 'Spare', 'main^{tree}');
  git(trial.checkout, 'branch', 'spare', own);
  const before = git(
    trial.checkout,
    'for-each-ref',
    'refs/heads/issue-125',
    'refs/tags',
    'refs/heads/spare',
  );
  const { outcome, work } = await trial.start().result;
  expect(
    git(trial.checkout, 'for-each-ref', 'refs/heads/issue-125', 'refs/tags', 'refs/heads/spare'),
  ).toBe(before);
  expect(outcome).toMatchObject({
    kind: 'stuck',
    decision: expect.stringMatching(
      /refs\/heads\/issue-125, .* moved; refs\/heads\/spare, .* deleted; refs\/tags\/v1, .* moved/,
    ),
  });
  expect(work).toMatchObject({ commits: 1, uncommitted: 0 });
  expect(kept(trial.checkout)).toBe(git(trial.checkout, 'rev-parse', 'mine'));
  expect((await trial.start().result).outcome).toEqual(outcome);
});

test('what others did to their own branches meanwhile stays', async () => {
  const trial = await hostile('while [ ! -e .coppice/go ]; do sleep 0.05; done; work; done_');
  git(trial.checkout, 'branch', 'followed', 'HEAD');
  const { result } = trial.start();
  await trial.until(() => trial.read('log') !== '');
  const commit = (directory: string) => {
    git(directory, 'commit', '--quiet', '--allow-empty', '--message', 'mine');
    return git(directory, 'rev-parse', 'HEAD');
  };
  const [mine, others] = [commit(trial.checkout), commit(trial.other.worktree)];
  git(trial.checkout, 'update-ref', 'refs/remotes/origin/followed', mine);
  git(trial.checkout, 'update-ref', 'refs/heads/followed', mine);
  trial.allow('go');
  expect((await result).outcome.kind).toBe('done');
  expect(git(trial.checkout, 'rev-parse', 'main', 'issue-125', 'followed')).toBe(
    `${mine}\n${others}\n${mine}`,
  );
});

test('what Coppice did meanwhile is not held against the agent, wherever it was killed', async () => {
  const trial = await hostile('while [ ! -e .coppice/go ]; do sleep 0.05; done; work; done_');
  const { checkout, other } = trial;
  git(checkout, 'branch', 'spare');
  const { result } = trial.start();
  await trial.until(() => trial.read('log') !== '');
  // Killed after a merged branch went, and before its record: the session counts as there.
  writeFileSync(join(other.worktree, 'private'), '');
  git(other.worktree, 'clean', '-fdq');
  const options = { headSha: git(checkout, 'rev-parse', 'issue-125'), tokens: noToken };
  const removal = await removeWorktree(other, { ...options, keepIn: trial.root });
  expect(removal.removed).toBe(true);
  // Another session's guard put a branch back that somebody else had moved.
  const [was, moved] = ['spare', 'spare^{tree}'].map((name) => git(checkout, 'rev-parse', name));
  const commit = git(checkout, 'commit-tree', '-m', 'theirs', moved ?? '');
  await changeRefs(checkout, [{ ref: 'refs/heads/spare', from: was, to: commit }]);
  trial.allow('go');
  expect((await result).outcome.kind).toBe('done');
  expect(git(checkout, 'branch', '--list', 'issue-125')).toBe('');
  expect(git(checkout, 'rev-parse', 'spare')).toBe(commit);
});

test('a branch that Coppice moved, and an agent after it, is put where Coppice had it', async () => {
  const trial = await hostile(`
    while [ ! -e .coppice/go ]; do sleep 0.05; done; work
    cd "$ROOT/app"; ${MOVED}; git update-ref refs/heads/spare $moved; cd - >/dev/null; done_`);
  const { checkout } = trial;
  git(checkout, 'branch', 'spare');
  const { result } = trial.start();
  await trial.until(() => trial.read('log') !== '');
  const [from, tree = ''] = ['spare', 'spare^{tree}'].map((name) =>
    git(checkout, 'rev-parse', name),
  );
  const to = git(checkout, 'commit-tree', '-m', 'ours', tree);
  await changeRefs(checkout, [{ ref: 'refs/heads/spare', from, to }]);
  trial.allow('go');
  expect((await result).outcome.kind).toBe('stuck');
  expect(git(checkout, 'rev-parse', 'spare')).toBe(to);
});

test('the stash of the checkout is kept from agents: what was taken is there again', async () => {
  const trial = await hostile(
    'work; cd "$ROOT/app"; git stash pop; git checkout -q .; cd -; done_',
  );
  writeFileSync(join(trial.checkout, 'README.md'), 'precious\n');
  git(trial.checkout, 'stash');
  const { outcome } = await trial.start().result;
  expect(outcome).toMatchObject({
    kind: 'stuck',
    decision: expect.stringMatching(/“WIP on main: .*”, which was taken/),
  });
  expect(git(trial.checkout, 'show', 'stash:README.md')).toBe('precious');
});

test('what an agent does to refs and the stash in its worktree is its own, and nobody is asked', async () => {
  const trial = await hostile(`
    git stash pop; echo theirs >>README.md; git -c user.name=A -c user.email=a@b stash
    work; git update-ref refs/heads/main HEAD; git update-ref -d refs/heads/issue-125
    git tag -f v1; git branch mine; done_`);
  const { checkout } = trial;
  git(checkout, 'tag', 'v1');
  writeFileSync(join(checkout, 'README.md'), 'precious\n');
  git(checkout, 'stash');
  const all = () => git(checkout, 'for-each-ref', 'refs/tags', 'refs/stash', 'refs/heads/main');
  const before = all();
  const { outcome, work } = await trial.start().result;
  expect(outcome.kind).toBe('done');
  expect(all()).toBe(before);
  expect(git(checkout, 'rev-parse', 'issue-124')).toBe(work.head);
  expect(git(checkout, 'branch', '--list', 'mine', 'issue-125').trim()).toBe('+ issue-125');
});

describeSandboxed('in the sandbox', () => {
  test('the checkout’s branches and objects stay as they are, and a forged log proves nothing', async () => {
    const trial = await sandboxTrial(`
      common=$ROOT/app/.git; main=$(git rev-parse main)
      work; git update-ref refs/heads/main HEAD; git update-ref refs/heads/issue-125 HEAD
      echo "$main $(git rev-parse HEAD) P <p@x> 1700000000 +0000	commit: x" >>$common/logs/HEAD
      git rev-parse HEAD >$common/refs/heads/main; rm -rf $common/objects/??; done_`);
    const refs = () => git(trial.checkout, 'rev-parse', 'main', 'issue-125');
    const before = refs();
    expect((await trial.start().result).outcome.kind).toBe('done');
    expect(refs()).toBe(before);
    expect(git(trial.checkout, 'fsck', '--no-dangling')).toBe('');
  });
});

test.each([
  ['deletes its worktree', 'cd ..; rm -rf app-issue-124; exit 0', /does not exist any more/],
  ['removes its .git file', 'work; rm .git; done_', /git worktree repair/],
  [
    'makes a repository of its own',
    'work; rm .git; git init -q .; done_',
    /has a .git that is not a file/,
  ],
  [
    'rewrites its .git file',
    'work; echo "gitdir: $ROOT/app-issue-125/.git" >.git; done_',
    /names another git directory/,
  ],
])(
  'an agent that %s leaves its commits on its branch, and a person is asked',
  async (_, script, says) => {
    const trial = await hostile(script);
    await expect(trial.start().result).rejects.toMatchObject({
      type: 'WorktreeLost',
      message: expect.stringMatching(says),
    });
    const commits = git(trial.checkout, 'rev-list', '--count', `main..issue-124`);
    expect(commits).toBe(script.includes('work;') ? '1' : '0');
  },
);

test('a removed .git file is repaired by the command that is told, and the turn’s outcome is there', async () => {
  const trial = await hostile('work; rm .git; done_');
  const failure = await trial.start().result.catch((error: Error) => error);
  const command = /`git (worktree repair)`/.exec((failure as Error).message)?.[1] ?? '';
  git(trial.checkout, ...command.split(' '));
  expect((await trial.start().result).outcome.kind).toBe('done');
});

test('git of ours is not led astray by a rewritten .git file', async () => {
  const trial = await hostile('done_');
  const { location } = trial.input;
  const evil = join(trial.root, 'evil');
  git(trial.root, 'init', '--quiet', evil);
  git(evil, 'config', 'filter.run.clean', `touch ${join(trial.root, 'ran')}; cat`);
  writeFileSync(join(location.worktree, '.gitattributes'), '* filter=run\n');
  writeFileSync(join(location.worktree, 'README.md'), 'changed\n');
  await gitDirectories(location);
  writeFileSync(join(location.worktree, '.git'), `gitdir: ${join(evil, '.git')}\n`);
  expect(await inspectWork(location, trial.input.base)).toMatchObject({
    branch: 'issue-124',
    uncommitted: 2,
  });
  expect(existsSync(join(trial.root, 'ran'))).toBe(false);
  await expect(checkWorktree(trial.input)).rejects.toThrow(/names another git directory/);
});

test.each([
  [
    'has a foreign branch checked out',
    'work; git checkout -q -b elsewhere HEAD~1; done_',
    /elsewhere checked out/,
  ],
  [
    'has nothing checked out',
    'work; git checkout -q --detach HEAD~1; done_',
    /no branch checked out/,
  ],
  ['made no commit', 'done_', /without a commit/],
  ['left work uncommitted', 'work; echo x >more; done_', /1 uncommitted/],
  [
    'links to its outcome',
    'work; echo "{}" >o; ln -sf ../o .coppice/outcome.json; exit 0',
    /not a readable file/,
  ],
  [
    'writes an outcome of 10 MB',
    'work; head -c 10000000 /dev/zero | report; exit 0',
    /longer than/,
  ],
  ['writes half an outcome', 'work; echo "{\\"kind\\":" | report; exit 0', /not JSON/],
  [
    'writes a false outcome',
    'work; echo "{\\"kind\\":\\"merged\\"}" | report; exit 0',
    /outcome.json/,
  ],
  ['writes an outcome that is no text', 'work; printf "\\377\\376" | report; exit 0', /not UTF-8/],
])('an agent that %s is not done, and its work stays', async (_, script, problem) => {
  const trial = await hostile(script);
  const { outcome, work } = await trial.start().result;
  expect(verified(outcome, work, 'issue-124')).toMatchObject({
    kind: 'invalid',
    problem: expect.stringMatching(problem),
  });
  expect(git(trial.checkout, 'rev-list', '--count', 'main..issue-124')).toBe(
    script.includes('work;') ? '1' : '0',
  );
});

test('an agent that prints 100 MB on one line, and bytes that are no text, is heard to its end', async () => {
  const trial = await hostile(
    `head -c 100000000 /dev/zero | tr '\\0' x; printf '\\n\\377\\376 {"type": \\n'; exit 4`,
  );
  const { outcome } = await trial.start().result;
  expect(outcome).toMatchObject({ kind: 'failed', tail: expect.stringContaining('\uFFFD') });
  expect(JSON.stringify(outcome).length).toBeLessThan(10_000);
});

test('daemons end with the turn that started them', async () => {
  const trial = await hostile(
    'work; (setsid sh -c "sleep 1000 & exec sleep 1000" &) ; nohup sleep 1000 & done_',
  );
  expect((await trial.start().result).outcome.kind).toBe('done');
  expect(trial.members()).toEqual([]);
});

/** Command lines of this machine's processes. */
const commandLines = (): string[] =>
  execFileSync('ps', ['axww', '-o', 'args='], { encoding: 'utf8' }).split('\n');

/** An agent that hears no signal, and so do its child, its daemons in sessions of their own, and `more`. */
const deaf = (more = '') => `
  trap '' TERM HUP INT
  echo "trap '' TERM HUP INT; echo x >>$PWD/.coppice/deaf; while :; do sleep 1; done" >.coppice/deaf.sh
  sh $PWD/.coppice/deaf.sh &
  (setsid sh $PWD/.coppice/deaf.sh &)
  (setsid sh -c "setsid sh $PWD/.coppice/deaf.sh & exec true" &)
  ${more}
  while :; do sleep 1; done`;

/** Cancels its turn; returns the milliseconds until it was over. */
async function cancelled(trial: Awaited<ReturnType<typeof sandboxTrial>>, count: number) {
  const { result, cancel } = trial.start();
  await trial.until(() => trial.read('deaf').split('\n').length === count);
  const begun = Date.now();
  cancel('CANCELLED');
  await expect(result).rejects.toThrow();
  const took = Date.now() - begun;
  expect(trial.members()).toEqual([]);
  const script = join(trial.location.worktree, '.coppice/deaf.sh');
  expect(commandLines().filter((line) => line.includes(script))).toEqual([]);
  return took;
}

test('an agent that hears no signal is gone within ten seconds, with its daemons', async () => {
  const trial = await hostile(deaf());
  expect(await cancelled(trial, 3)).toBeLessThan(10_000);
});

describeSandboxed('in the sandbox', () => {
  test('so it is there, with daemons that hide where they come from', async () => {
    const hidden = '(env -i PATH="$PATH" setsid sh $PWD/.coppice/deaf.sh &)';
    const trial = await sandboxTrial(deaf(hidden));
    expect(await cancelled(trial, 4)).toBeLessThan(10_000);
  });
});

test('an agent that rewrites history keeps what it made, and what was there can be found', async () => {
  const trial = await hostile(`
    git commit --amend -qm rewritten --allow-empty 2>/dev/null || git -c user.name=A -c user.email=a@b commit --amend -qm rewritten
    work; done_`);
  const { outcome, work } = await trial.start().result;
  expect(verified(outcome, work, 'issue-124').kind).toBe('done');
  expect(readFileSync(join(trial.checkout, '.git/logs/refs/heads/issue-124'), 'utf8')).toContain(
    trial.input.base.tip,
  );
});
