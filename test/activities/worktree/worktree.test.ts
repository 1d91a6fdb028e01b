import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { expect, test, vi } from 'vitest';
import { createWorktreeActivities } from '../../../src/activities/worktree/worktree.ts';
import { pruneSession } from '../../../src/cli/prune/prune-session.ts';
import { toDetail } from '../../../src/domain/session/projections.ts';
import type { SessionLocation } from '../../../src/domain/session/session.ts';
import { newSession } from '../../../src/domain/session/state.ts';
import { syncBranch } from '../../../src/git/private/sync-branch.ts';
import { pushBranch } from '../../../src/git/remote/push.ts';
import { listWorktrees } from '../../../src/git/worktree/worktrees.ts';
import { identify } from '../../../src/process/identity.ts';
import { coppiceHome, type Home, sessionDirectory } from '../../../src/state/home.ts';
import { readDetail, readOwnership, saveOwnership } from '../../../src/state/session-store.ts';
import { commit, createRepository, noToken, run, write } from '../../support/git-repository.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const workflowId = 'coppice/acme/app/issues/124';

const quiet = () => new MockActivityEnvironment(undefined, { logger: new DefaultLogger('ERROR') });

const asActivity = <T>(work: () => Promise<T>, environment = quiet()): Promise<T> =>
  environment.run(work) as Promise<T>;

function setting() {
  const repository = createRepository();
  writeFileSync(join(repository.checkout, '.git/info/exclude'), 'coppice.yaml\n');
  write(repository.checkout, { 'coppice.yaml': 'sandbox: off\n' });
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('home') });
  const activities = createWorktreeActivities({ home, env: {}, tokens: noToken });
  const create = (location: SessionLocation, from = 'main', id = workflowId) =>
    asActivity(() => activities.createWorktree({ location, workflowId: id, from }));
  return { ...repository, home, activities, create };
}

/** What is committed in the worktree, as it is inspected and pushed. */
async function push(location: SessionLocation): Promise<string> {
  await syncBranch(location);
  return pushBranch(location, noToken);
}

/** Runs an activity that is cancelled as soon as `when` holds. */
async function cancelledWhen(when: () => boolean, work: () => Promise<unknown>): Promise<unknown> {
  const environment = quiet();
  const result = asActivity(work, environment).catch((error: unknown) => error);
  await vi.waitUntil(when, { timeout: 20_000, interval: 10 });
  environment.cancel();
  return result;
}

test('a new session has its own branch at the base’s tip, in its own worktree, on record', async () => {
  const { create, location, home, remote, checkout } = setting();
  const base = await create(location(124));
  const { worktree, repository } = location(124);
  expect(base).toEqual({ branch: 'main', tip: run(remote, 'rev-parse', 'main') });
  expect(run(worktree, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('issue-124');
  expect(run(worktree, 'rev-parse', 'HEAD')).toBe(base.tip);
  expect(run(worktree, 'status', '--porcelain')).toBe('');
  expect(existsSync(join(worktree, 'README.md'))).toBe(true);
  expect(run(checkout, 'config', '--local', '--list')).not.toContain('branch.issue-124');
  expect(await readOwnership(home, repository, 124)).toMatchObject({
    workflowId,
    base,
    ready: true,
  });
});

test('the base is the remote’s branch as it is now, not as it was last fetched', async () => {
  const { create, location, commitElsewhere } = setting();
  const tip = commitElsewhere('main', { 'new.txt': 'new\n' });
  expect(await create(location(124))).toEqual({ branch: 'main', tip });
});

test('a dirty checkout on another branch does not matter', async () => {
  const { create, location, checkout } = setting();
  run(checkout, 'checkout', '--quiet', '-b', 'mine');
  write(checkout, { 'README.md': 'edited\n', 'draft.txt': 'draft\n' });
  await create(location(124));
  expect(run(checkout, 'status', '--porcelain')).toBe(' M README.md\n?? draft.txt');
  expect(readFileSync(join(location(124).worktree, 'README.md'), 'utf8')).toBe('# app\n');
});

test.for(['', '{"workflowId":'])(
  'a record that a power cut left as %j is made anew from what git knows, and the work stays',
  async (damage) => {
    const { create, location, home } = setting();
    const base = await create(location(124));
    const { worktree, repository } = location(124);
    commit(worktree, { 'work.txt': 'work\n' });
    write(worktree, { 'draft.txt': 'draft\n' });
    const directory = sessionDirectory(home, repository, 124);
    writeFileSync(join(directory, 'ownership.json'), damage);
    const told = vi.spyOn(console, 'error').mockImplementation(() => {});
    expect(await create(location(124))).toEqual(base);
    expect(told.mock.calls.flat().join()).toContain('it is kept as');
    told.mockRestore();
    expect(existsSync(join(worktree, 'work.txt'))).toBe(true);
    expect(existsSync(join(worktree, 'draft.txt'))).toBe(true);
    expect(await readOwnership(home, repository, 124)).toMatchObject({ base, ready: true });
    expect(readdirSync(directory).join()).toContain('ownership.json.damaged-');
  },
);

test('creating it again returns the same base, and leaves the work alone', async () => {
  const { create, location, commitElsewhere } = setting();
  const base = await create(location(124));
  const head = commit(location(124).worktree, { 'work.txt': 'work\n' });
  write(location(124).worktree, { 'draft.txt': 'draft\n' });
  commitElsewhere('main', { 'later.txt': 'later\n' });
  expect(await create(location(124))).toEqual(base);
  expect(run(location(124).worktree, 'rev-parse', 'HEAD')).toBe(head);
  expect(existsSync(join(location(124).worktree, 'draft.txt'))).toBe(true);
});

test('a missing base branch is named, and nothing is made', async () => {
  const { create, location, home, checkout } = setting();
  await expect(create(location(124), 'develop')).rejects.toMatchObject({
    type: 'MissingBaseBranch',
    message: expect.stringContaining('origin has no branch develop'),
  });
  expect(run(checkout, 'branch', '--list', 'issue-124')).toBe('');
  expect(await readOwnership(home, location(124).repository, 124)).toBeUndefined();
});

test.each<[string, (setting: ReturnType<typeof createRepository>) => void]>([
  ['branch', ({ checkout }) => run(checkout, 'branch', 'issue-124')],
  ['directory', ({ root }) => mkdirSync(join(root, 'app-issue-124'))],
  ['remote branch', ({ checkout }) => run(checkout, 'push', '-q', 'origin', 'HEAD:issue-124')],
  ['worktree', ({ checkout }) => run(checkout, 'worktree', 'add', '-q', '../app-issue-124')],
])('a person’s own %s of that name is refused and left alone', async (_, make) => {
  const given = setting();
  make(given);
  const before = run(given.checkout, 'show-ref');
  await expect(given.create(given.location(124))).rejects.toMatchObject({ type: 'ForeignBranch' });
  expect(run(given.checkout, 'show-ref')).toBe(before);
  expect(await readOwnership(given.home, given.location(124).repository, 124)).toBeUndefined();
});

test.each<[string, (setting: ReturnType<typeof createRepository>) => void]>([
  ['above it in the checkout', ({ checkout }) => run(checkout, 'branch', 'team')],
  ['below it in the checkout', ({ checkout }) => run(checkout, 'branch', 'team/agent/124/old')],
  [
    'above it on the remote',
    ({ checkout }) => run(checkout, 'push', '-q', 'origin', 'HEAD:refs/heads/team/agent'),
  ],
  [
    'below it on the remote',
    ({ checkout }) => run(checkout, 'push', '-q', 'origin', 'HEAD:refs/heads/team/agent/124/x'),
  ],
])('a branch %s, which git can’t have beside it, is asked about', async (_, make) => {
  const given = setting();
  make(given);
  // Others have nothing to do with it.
  run(given.checkout, 'push', '-q', 'origin', 'HEAD:refs/heads/x/team', 'HEAD:refs/heads/team2');
  const before = run(given.checkout, 'show-ref');
  const location = { ...given.location(124), branch: 'team/agent/124' };
  await expect(given.create(location)).rejects.toMatchObject({
    type: 'ForeignBranch',
    message: expect.stringMatching(/^the branch team\S* is (in|on) .* at the same time, and/),
  });
  expect(run(given.checkout, 'show-ref')).toBe(before);
});

test('a session goes on with the branch that a cancelled one left on the remote, and with no other’s', async () => {
  const { create, location, home, checkout, remote, commitElsewhere } = setting();
  const base = await create(location(124));
  const head = commit(location(124).worktree, { 'work.txt': 'work\n' });
  await push(location(124));
  const prune = () =>
    pruneSession(
      { location: location(124), base, workflowId },
      { url: 'https://github.com/acme/app/pull/7', merged: false },
      {
        ...{ home, tokens: noToken, dryRun: false, force: false },
        github: async () => ({ readPullRequest: async () => ({ headSha: head }) }) as never,
      },
    );
  expect(await prune()).toMatchObject({ removed: true });
  expect(run(checkout, 'for-each-ref', 'refs/coppice', 'refs/heads/issue-124')).toBe('');
  // A person pushed to it meanwhile.
  const theirs = commitElsewhere('issue-124', { 'theirs.txt': 'theirs\n' });
  await expect(create(location(124), 'main', 'somebody-else')).rejects.toMatchObject({
    type: 'ForeignBranch',
  });
  commitElsewhere('main', { 'later.txt': 'later\n' });
  expect(await create(location(124))).toEqual(base);
  expect(run(location(124).worktree, 'rev-parse', 'HEAD')).toBe(theirs);
  expect(run(location(124).worktree, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('issue-124');
  commit(location(124).worktree, { 'more.txt': 'more\n' });
  await push(location(124));
  expect(run(remote, 'log', '--format=%s', `${base.tip}..issue-124`).split('\n')).toHaveLength(3);
});

test('a branch that was kept after its merge is said to be that session’s, until it is deleted', async () => {
  const { create, location, activities, checkout, remote } = setting();
  const base = await create(location(124));
  commit(location(124).worktree, { 'work.txt': 'work\n' });
  const headSha = await push(location(124));
  const removal = asActivity(() => activities.removeWorktree({ location: location(124), headSha }));
  expect(await removal).toMatchObject({ removed: true });
  await expect(create(location(124))).rejects.toMatchObject({
    type: 'ForeignBranch',
    message: expect.stringMatching(
      /issue-124 is still on origin, .*#124 .*merged: delete it there/,
    ),
  });
  expect(run(checkout, 'branch', '--list', 'issue-124')).toBe('');
  run(remote, 'branch', '-D', 'issue-124');
  expect(await create(location(124))).toEqual(base);
});

test('a worktree of another workflow is not adopted', async () => {
  const { create, location } = setting();
  await create(location(124));
  await expect(create(location(124), 'main', 'somebody-else')).rejects.toMatchObject({
    type: 'ForeignBranch',
    message: expect.stringContaining(workflowId),
  });
});

/** What a kill can leave behind, from the first moment on. */
const halfStates: [string, (location: SessionLocation, tip: string) => void][] = [
  ['the record only', () => {}],
  ['the branch', ({ checkout, branch }, tip) => run(checkout, 'branch', branch, tip)],
  [
    'a worktree without files',
    ({ checkout, worktree, branch }, tip) =>
      run(checkout, 'worktree', 'add', '-q', '--no-checkout', '-b', branch, worktree, tip),
  ],
  [
    'a worktree being filled',
    ({ checkout, worktree, branch }, tip) => {
      run(checkout, 'worktree', 'add', '-q', '--no-checkout', '-b', branch, worktree, tip);
      writeFileSync(join(worktree, 'README.md'), '# a');
      writeFileSync(join(checkout, '.git/worktrees/app-issue-124/index.lock'), '');
    },
  ],
  [
    'a worktree being registered',
    ({ checkout, worktree, branch }, tip) => {
      run(checkout, 'worktree', 'add', '-q', '--no-checkout', '-b', branch, worktree, tip);
      writeFileSync(join(checkout, '.git/worktrees/app-issue-124/locked'), 'initializing');
      rmSync(join(checkout, '.git/worktrees/app-issue-124/HEAD'));
    },
  ],
  [
    'a registration without its directory',
    ({ checkout, worktree, branch }, tip) => {
      run(checkout, 'worktree', 'add', '-q', '--no-checkout', '-b', branch, worktree, tip);
      rmSync(worktree, { recursive: true });
    },
  ],
  ['an empty directory', ({ worktree }) => mkdirSync(worktree)],
  [
    'a whole worktree that was never reported',
    ({ checkout, worktree, branch }, tip) =>
      run(checkout, 'worktree', 'add', '-q', '-b', branch, worktree, tip),
  ],
];

test.each(halfStates)('after a kill that left %s, another attempt finishes', async (_, leave) => {
  const { create, location, home, remote } = setting();
  const tip = run(remote, 'rev-parse', 'main');
  const base = { branch: 'main', tip };
  const createdAt = new Date().toISOString();
  await saveOwnership(home, { workflowId, location: location(124), base, createdAt, ready: false });
  leave(location(124), tip);
  expect(await create(location(124))).toEqual(base);
  expect(run(location(124).worktree, 'status', '--porcelain', '--branch')).toBe('## issue-124');
  expect(readFileSync(join(location(124).worktree, 'README.md'), 'utf8')).toBe('# app\n');
});

test('after kill -9 of the process at any moment, another attempt finishes', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 400 }, (_, n) => [`src/${n}.txt`, 'x'.repeat(2_000)]),
  );
  const { checkout, location, home, create } = setting();
  commit(checkout, many);
  run(checkout, 'push', '--quiet', 'origin', 'HEAD:main');
  const { worktree, repository } = location(124);
  const reached: [string, () => boolean][] = [
    ['start', () => true],
    ['record', () => existsSync(join(home.sessions, repository, '124/ownership.json'))],
    ['registration', () => existsSync(join(checkout, '.git/worktrees/app-issue-124'))],
    ['directory', () => existsSync(worktree)],
    ['files', () => existsSync(join(worktree, 'src'))],
  ];
  for (const [moment, when] of reached) {
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'create-worktree-process.ts'), JSON.stringify(location(124))],
      { env: { ...process.env, COPPICE_HOME: home.root }, stdio: 'ignore' },
    );
    const exited = once(child, 'exit');
    await vi.waitUntil(when, { timeout: 30_000, interval: 1 });
    child.kill('SIGKILL');
    await exited;
    await create(location(124));
    expect(run(worktree, 'status', '--porcelain', '--branch'), moment).toBe('## issue-124');
    expect(run(worktree, 'ls-files').split('\n'), moment).toHaveLength(401);
    rmSync(worktree, { recursive: true });
    run(checkout, 'worktree', 'prune');
    run(checkout, 'branch', '-D', 'issue-124');
    rmSync(join(home.sessions, repository, '124'), { recursive: true });
  }
});

test('a vanished worktree is made again from its branch, with the work in it', async () => {
  const { create, location } = setting();
  const base = await create(location(124));
  const head = commit(location(124).worktree, { 'work.txt': 'work\n' });
  rmSync(location(124).worktree, { recursive: true });
  expect(await create(location(124))).toEqual(base);
  expect(run(location(124).worktree, 'rev-parse', 'HEAD')).toBe(head);
  expect(run(location(124).worktree, 'status', '--porcelain')).toBe('');
});

test('eight sessions are created at once, and commit and push at once', async () => {
  const { create, location, remote, checkout, activities } = setting();
  const issues = [1, 2, 3, 4, 5, 6, 7, 8];
  await Promise.all(issues.map((n) => create(location(n), 'main', `coppice/acme/app/issues/${n}`)));
  expect(await listWorktrees(checkout)).toHaveLength(9);
  const heads = issues.map((n) => commit(location(n).worktree, { [`${n}.txt`]: `${n}\n` }));
  expect(await Promise.all(issues.map((n) => push(location(n))))).toEqual(heads);
  expect(issues.map((n) => run(remote, 'rev-parse', `issue-${n}`))).toEqual(heads);
  const exclude = readFileSync(join(checkout, '.git/info/exclude'), 'utf8');
  expect(exclude.match(/coppice: begin/g)).toHaveLength(1);
  const removals = await Promise.all(
    issues.map((n, i) =>
      activities.removeWorktree({ location: location(n), headSha: heads[i] ?? '' }),
    ),
  );
  expect(removals.map(({ removed }) => removed)).not.toContain(false);
  expect(await listWorktrees(checkout)).toHaveLength(1);
});

test('a hook, a filter monitor or an alias in the repository is not run', async () => {
  const { create, location, checkout, root } = setting();
  const ran = join(root, 'ran');
  for (const hook of ['post-checkout', 'reference-transaction', 'post-index-change'])
    writeFileSync(join(checkout, '.git/hooks', hook), `#!/bin/sh\ntouch ${ran}\n`, { mode: 0o755 });
  run(checkout, 'config', 'core.fsmonitor', `touch ${ran}; false`);
  await create(location(124));
  expect(existsSync(ran)).toBe(false);
});

const setUp = (home: Home, location: SessionLocation, commands: string[], timeout = 60) => {
  const activities = createWorktreeActivities({ home, env: {}, tokens: noToken });
  return asActivity(() => activities.setUp({ location, commands, timeout }));
};

test('setup commands run in order in the worktree, knowing checkout and issue but no token', async () => {
  const { create, location, home, checkout } = setting();
  await create(location(124));
  write(checkout, { '.env': 'PORT=1\n' });
  vi.stubEnv('GITHUB_TOKEN', 'secret');
  try {
    await setUp(home, location(124), [
      'cp "$COPPICE_CHECKOUT/.env" .',
      'env > seen; cat .env >> seen',
    ]);
  } finally {
    vi.unstubAllEnvs();
  }
  const seen = readFileSync(join(location(124).worktree, 'seen'), 'utf8');
  expect(seen).toContain('COPPICE_ISSUE=124');
  expect(seen).toContain('PORT=1');
  expect(seen).not.toContain('secret');
});

test('a failing setup command is told with the end of its output, and stops the rest', async () => {
  const { create, location, home } = setting();
  await create(location(124));
  const commands = ['echo before', 'seq 5000; echo broken >&2; exit 3', 'touch after'];
  await expect(setUp(home, location(124), commands)).rejects.toMatchObject({
    type: 'SetupFailed',
    message: expect.stringMatching(/exit code 3.*setup\.log/),
    details: expect.stringMatching(/^[\s\S]{0,1990}5000\nbroken$/),
  });
  expect(existsSync(join(location(124).worktree, 'after'))).toBe(false);
});

const sleeper = 'sh -c "trap : TERM; echo \\$\\$ > pid; while :; do sleep 1; done" & wait';

const isAlive = (pid: number): boolean => identify(pid) !== undefined;

const pidIn = (location: SessionLocation) => {
  const file = join(location.worktree, 'pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
};

test('a setup command that takes too long is stopped with everything it started', async () => {
  const { create, location, home } = setting();
  await create(location(124));
  await expect(setUp(home, location(124), [sleeper], 1)).rejects.toMatchObject({
    type: 'SetupFailed',
    message: expect.stringContaining('took longer than 1 s'),
  });
  expect(isAlive(pidIn(location(124)))).toBe(false);
});

test('cancelling a setup stops its processes, and is no failure of the setup', async () => {
  const { create, location, activities } = setting();
  await create(location(124));
  const error = await cancelledWhen(
    () => pidIn(location(124)) > 0,
    () => activities.setUp({ location: location(124), commands: [sleeper], timeout: 60 }),
  );
  expect(error).toMatchObject({ name: 'CancelledFailure' });
  expect(isAlive(pidIn(location(124)))).toBe(false);
});

test('what a setup starts in the background stays, until the setup is run again', async () => {
  const { create, location, home } = setting();
  await create(location(124));
  await setUp(home, location(124), ['sleep 1000 & echo $! > pid']);
  const pid = pidIn(location(124));
  expect(isAlive(pid)).toBe(true);
  await setUp(home, location(124), ['true']);
  expect(isAlive(pid)).toBe(false);
});

function detailOf(location: SessionLocation) {
  const session = newSession({ repository: location.repository, issue: location.issue }, 'now');
  return toDetail({ ...session, activity: 'working' });
}

test('the status is in the worktree, out of git’s sight, and in the state directory', async () => {
  const { create, location, activities, home } = setting();
  await create(location(124));
  const detail = detailOf(location(124));
  await activities.recordStatus({ location: location(124), detail });
  const file = join(location(124).worktree, '.coppice/status.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(detail.record);
  expect(run(location(124).worktree, 'status', '--porcelain', '--untracked-files=all')).toBe('');
  expect((await readDetail(home, location(124).repository, 124))?.detail).toEqual(detail);
});

test('a status is not written over a newer one of the same session, but over one of an earlier session', async () => {
  const { create, location, activities, home } = setting();
  await create(location(124));
  const { record, ...rest } = detailOf(location(124));
  const write = (changes: Partial<typeof record>) =>
    activities.recordStatus({
      location: location(124),
      detail: { ...rest, record: { ...record, ...changes } },
    });
  const written = async () =>
    (await readDetail(home, location(124).repository, 124))?.detail.record.activity;
  const [first, later] = ['2026-11-30T12:00:00.000Z', '2026-11-30T12:00:01.000Z'];
  await write({ startedAt: first, lastHeartbeat: later, activity: 'newer' });
  await write({ startedAt: first, lastHeartbeat: first, activity: 'older' });
  expect(await written()).toBe('newer');
  await write({ startedAt: later, lastHeartbeat: first, activity: 'of another session' });
  expect(await written()).toBe('of another session');
});

test('without a worktree of Coppice’s own, the status is kept in the state directory only', async () => {
  const { location, activities, home, checkout } = setting();
  run(checkout, 'worktree', 'add', '-q', '../app-issue-124');
  await activities.recordStatus({ location: location(124), detail: detailOf(location(124)) });
  expect(existsSync(join(location(124).worktree, '.coppice'))).toBe(false);
  expect(await readDetail(home, location(124).repository, 124)).toBeDefined();
});

test('a link in place of the status file does not carry the status elsewhere', async () => {
  const { create, location, activities, root } = setting();
  await create(location(124));
  const victim = join(root, 'victim');
  writeFileSync(victim, 'precious');
  mkdirSync(join(location(124).worktree, '.coppice'));
  symlinkSync(victim, join(location(124).worktree, '.coppice/status.json'));
  await activities.recordStatus({ location: location(124), detail: detailOf(location(124)) });
  expect(readFileSync(victim, 'utf8')).toBe('precious');
  rmSync(join(location(124).worktree, '.coppice'), { recursive: true });
  symlinkSync(root, join(location(124).worktree, '.coppice'));
  await activities.recordStatus({ location: location(124), detail: detailOf(location(124)) });
  expect(existsSync(join(root, 'status.json'))).toBe(false);
});

test('a link of any name that a draft could have carries the status nowhere', async () => {
  const { create, location, activities, root } = setting();
  await create(location(124));
  const victim = join(root, 'victim');
  writeFileSync(victim, 'precious');
  const directory = join(location(124).worktree, '.coppice');
  mkdirSync(directory);
  const draft = createRequire(import.meta.url).resolve('write-file-atomic');
  for (let count = 1; count < 100; count++) {
    const hash = createHash('sha1').update(draft).update(String(process.pid));
    const name = hash.update(String(threadId)).update(String(count)).digest().readUInt32BE(0);
    symlinkSync(victim, join(directory, `status.json.${name}`));
  }
  await activities.recordStatus({ location: location(124), detail: detailOf(location(124)) });
  expect(readFileSync(victim, 'utf8')).toBe('precious');
  expect(existsSync(join(directory, 'status.json'))).toBe(true);
});

test('what is pushed is what was inspected, whatever checks did to the branch', async () => {
  const { create, location, activities, remote } = setting();
  const base = await create(location(124));
  const { worktree } = location(124);
  const inspected = commit(worktree, { 'a.txt': 'a\n' });
  const checks = [
    'echo more >more.txt; git add .; git -c user.name=A -c user.email=a@b commit -qm more; git branch -f main HEAD',
  ];
  const input = { location: location(124), base, checks, timeout: 60, fileLimit: 10 };
  expect(await asActivity(() => activities.inspectOutgoing(input))).toBe('');
  expect(run(worktree, 'rev-parse', 'HEAD~1')).toBe(inspected);
  expect(await pushBranch(location(124), noToken)).toBe(inspected);
  expect(run(remote, 'rev-parse', 'issue-124')).toBe(inspected);
  expect(run(location(124).checkout, 'rev-parse', 'main')).toBe(base.tip);
});

test('a restack is remembered as what the session stands on', async () => {
  const { create, location, activities, commitElsewhere, home } = setting();
  const base = await create(location(124));
  commit(location(124).worktree, { 'work.txt': 'work\n' });
  const tip = commitElsewhere('main', { 'later.txt': 'later\n' });
  const moved = await asActivity(() =>
    activities.restack({
      ...{ location: location(124), base, onto: 'main', resolved: false },
      ...{ checks: ['false'], timeout: 60 },
    }),
  );
  expect(moved).toEqual({ branch: 'main', tip });
  expect(await create(location(124))).toEqual(moved);
  expect((await readOwnership(home, location(124).repository, 124))?.base).toEqual(moved);
});

test('the person’s checks run where the agent worked; the first that fails is told with its output', async () => {
  const { activities, create, location } = setting();
  const base = await create(location(124));
  commit(location(124).worktree, { 'a.txt': 'a\n' });
  const inspect = (...checks: string[]) =>
    asActivity(() =>
      activities.inspectOutgoing({
        location: location(124),
        base,
        checks,
        timeout: 60,
        fileLimit: 1,
      }),
    );
  expect(await inspect('test -f a.txt')).toBe('');
  expect(await inspect('true', 'cat a.txt; exit 3', 'touch never')).toBe(
    'the check `cat a.txt; exit 3` failed with exit code 3:\n\n$ cat a.txt; exit 3\na',
  );
  expect(existsSync(join(location(124).worktree, 'never'))).toBe(false);
});

test.each([
  ['moving the branch', 'main'],
  ['taking over what others pushed', 'issue-124'],
])(
  'after a conflict in %s, the person’s checks must pass before it is taken up',
  async (_, where) => {
    const { create, location, activities, commitElsewhere, remote } = setting();
    const base = await create(location(124));
    const { worktree, branch } = location(124);
    const from = commit(worktree, { 'a.txt': 'a\n' });
    await push(location(124));
    commit(worktree, { 'README.md': 'ours\n' });
    const theirs = commitElsewhere(where, { 'README.md': 'theirs\n' });
    const step = (resolved: boolean) =>
      asActivity<unknown>(async () => {
        const input = { location: location(124), base, resolved, timeout: 60 };
        const checks = ['grep both README.md'];
        return where === 'main'
          ? await activities.restack({ ...input, checks, onto: 'main' })
          : await activities.integrateRemoteCommits({ ...input, checks, mayWait: false });
      });
    await expect(step(false)).rejects.toMatchObject({ type: 'RebaseConflict' });
    expect(() =>
      run(worktree, 'rebase', '--onto', theirs, where === 'main' ? base.tip : from),
    ).toThrow();
    write(worktree, { 'README.md': 'one\n' });
    run(worktree, 'add', 'README.md');
    run(worktree, '-c', 'core.editor=true', 'rebase', '--continue');
    const published = run(remote, 'rev-parse', branch);
    await expect(step(true)).rejects.toMatchObject({
      type: 'NotResolved',
      message: expect.stringContaining('the check `grep both README.md` failed'),
    });
    expect(run(remote, 'rev-parse', branch)).toBe(published);
    commit(worktree, { 'README.md': 'both\n' });
    await step(true);
  },
);
