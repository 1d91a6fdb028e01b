import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { createWorktreeActivities } from '../../../src/activities/worktree/worktree.ts';
import { WorktreeFiles } from '../../../src/domain/settings/worktree-files.ts';
import { copyUntracked } from '../../../src/git/worktree/untracked.ts';
import { coppiceHome } from '../../../src/state/home.ts';
import { freePorts, portRange } from '../../../src/state/port-ranges.ts';
import { commit, createRepository, noToken, run, write } from '../../support/git-repository.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

function setting(config: object = {}) {
  const repository = createRepository();
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('home') });
  const activities = createWorktreeActivities({ home, env: {}, tokens: noToken });
  const location = repository.location(124);
  writeFileSync(
    join(repository.checkout, 'coppice.yaml'),
    stringify({ sandbox: 'off', ...config }),
  );
  const asActivity = <T>(work: () => Promise<T>): Promise<T> =>
    new MockActivityEnvironment(undefined, { logger: new DefaultLogger('ERROR') }).run(
      work,
    ) as Promise<T>;
  const create = (issue = 124) =>
    asActivity(() =>
      activities.createWorktree({
        ...{ location: repository.location(issue), from: 'main' },
        workflowId: `coppice/acme/app/issues/${issue}`,
      }),
    );
  const read = (path: string) => readFileSync(join(location.worktree, path), 'utf8');
  return { ...repository, location, home, activities, asActivity, create, read };
}

test('a worktree gets copies of and links to the checkout’s untracked files, out of git’s sight', async () => {
  const { checkout, location, create, read } = setting({
    files: { copy: ['.env*', 'config/**/*.local.json', 'README.md'], link: ['fixtures'] },
  });
  write(checkout, {
    ...{
      '.env': 'PORT=1\n',
      '.env.test': 'PORT=2\n',
      'config/deep/a.local.json': '{}',
      'config/b.json': '{}',
    },
    ...{ 'fixtures/large/file': 'large', 'README.md': 'changed in the checkout' },
  });
  await create();
  expect(read('.env') + read('.env.test') + read('config/deep/a.local.json')).toBe(
    'PORT=1\nPORT=2\n{}',
  );
  expect(readlinkSync(join(location.worktree, 'fixtures'))).toBe(join(checkout, 'fixtures'));
  expect(read('README.md')).toBe('# app\n');
  expect(existsSync(join(location.worktree, 'config/b.json'))).toBe(false);
  run(location.worktree, 'add', '--all');
  expect(run(location.worktree, 'status', '--porcelain')).toBe('');
  writeFileSync(join(location.worktree, '.env'), 'PORT=3\n');
  await copyUntracked(location, WorktreeFiles.parse({ copy: ['.env'] }));
  expect(read('.env')).toBe('PORT=3\n');
});

test('what a person keeps beside their code is copied, whatever it is: links, broken ones, odd names, other repositories', async () => {
  const { root, checkout, location, create, read } = setting({
    files: { copy: ['.notes', '.env', '.lost', '.loop', 'caf*', 'vendored', 'odd*'] },
  });
  mkdirSync(join(root, 'notes'));
  write(root, { 'notes/x': 'x', 'secrets/env': 'PORT=1\n' });
  symlinkSync('../notes', join(checkout, '.notes'));
  symlinkSync('../secrets/env', join(checkout, '.env'));
  symlinkSync('../nowhere', join(checkout, '.lost'));
  symlinkSync('.loop', join(checkout, '.loop'));
  const latin1 = Buffer.from('caf\xe9', 'latin1');
  writeFileSync(Buffer.concat([Buffer.from(`${checkout}/`), latin1]), 'coffee');
  write(checkout, { 'odd*\nname': 'odd' });
  run(root, 'init', '--quiet', join(checkout, 'vendored'));
  write(checkout, { 'vendored/deep/file': 'theirs' });
  commit(join(checkout, 'vendored'), { 'a.txt': 'a' });

  await create();
  expect(readlinkSync(join(location.worktree, '.notes'))).toBe(join(root, 'notes'));
  expect(lstatSync(join(location.worktree, '.env')).isFile()).toBe(true);
  expect(read('.env')).toBe('PORT=1\n');
  expect(readlinkSync(join(location.worktree, '.lost'))).toBe('../nowhere');
  expect(readlinkSync(join(location.worktree, '.loop'))).toBe('.loop');
  const copied = Buffer.concat([Buffer.from(`${location.worktree}/`), latin1]);
  expect(readFileSync(copied, 'utf8')).toBe('coffee');
  expect(read('odd*\nname')).toBe('odd');
  expect(read('vendored/deep/file')).toBe('theirs');
  expect(run(location.worktree, 'status', '--porcelain')).toBe('');
});

test('the person’s own lines of info/exclude stay, in whatever encoding', async () => {
  const { checkout, create } = setting({ files: { copy: ['.env'] } });
  const file = join(checkout, '.git/info/exclude');
  const theirs = Buffer.from('/caf\xe9\n', 'latin1');
  writeFileSync(file, theirs);
  write(checkout, { '.env': '' });
  await create();
  expect(readFileSync(file).subarray(0, theirs.length)).toEqual(theirs);
});

test('nothing is brought through a link that the repository has for a directory', async () => {
  const { root, checkout, location, create } = setting({ files: { copy: ['config/.env'] } });
  mkdirSync(join(root, 'outside'));
  symlinkSync(join(root, 'outside'), join(checkout, 'config'));
  run(checkout, 'add', 'config');
  run(checkout, 'commit', '--quiet', '--message', 'link');
  run(checkout, 'push', '--quiet', 'origin', 'HEAD:main');
  run(checkout, 'rm', '--quiet', 'config');
  write(checkout, { 'config/.env': 'secret' });
  await create();
  expect(lstatSync(join(location.worktree, 'config')).isSymbolicLink()).toBe(true);
  expect(existsSync(join(root, 'outside/.env'))).toBe(false);
});

test.each(['/etc/passwd', '../other', 'a/../../b', '.git/config', ':(top)x'])(
  'a file named %s is refused',
  (path) => {
    expect(WorktreeFiles.safeParse({ copy: [path] }).success).toBe(false);
  },
);

test('each session has ports of its own on a host, the same every time, until it ends', async () => {
  const { home, location, create, activities, asActivity, read } = setting();
  await create(124);
  await create(125);
  const [one, other] = [location, { ...location, issue: 125 }];
  const first = await portRange(home, one);
  expect(await portRange(home, one)).toEqual(first);
  expect((await portRange(home, other)).first).toBe(first.last + 1);
  await asActivity(() =>
    activities.setUp({
      location,
      commands: ['echo $COPPICE_PORT-$COPPICE_PORT_END >ports'],
      timeout: 60,
    }),
  );
  expect(read('ports')).toBe(`${first.first}-${first.last}\n`);
  await freePorts(home, one);
  expect(await portRange(home, { ...location, issue: 126 })).toEqual(first);
});

test('ports of a session that is no more are given again', async () => {
  const { home, location } = setting();
  const left = await portRange(home, location);
  expect(await portRange(home, { ...location, issue: 125 })).toEqual(left);
});

test('setup is run again when its inputs have changed, and only then', async () => {
  const { location, create, activities, asActivity, read } = setting();
  await create();
  const setUp = (ifChanged: boolean) =>
    asActivity(() =>
      activities.setUp({
        ...{ location, commands: ['echo x >>runs; echo y >>made.lock'], timeout: 60 },
        ...{ inputs: ['package-lock.json', 'made.lock'], ifChanged },
      }),
    );
  await setUp(false);
  await setUp(true);
  expect(read('runs')).toBe('x\n');
  writeFileSync(join(location.worktree, 'package-lock.json'), '{}');
  await setUp(true);
  await setUp(true);
  expect(read('runs')).toBe('x\nx\n');
});

test('teardown runs before a worktree goes; a failure is told and keeps nothing', async () => {
  const { location, create, activities, asActivity, root } = setting({
    hooks: { teardown: [`test -e README.md && echo down >../torn`, 'exit 3'] },
  });
  await create();
  commit(location.worktree, { work: 'work' });
  const remove = (headSha: string) =>
    asActivity(() => activities.removeWorktree({ location, headSha }));
  expect((await remove('')).removed).toBe(false);
  expect(existsSync(join(root, 'torn'))).toBe(false);
  expect(await remove(run(location.worktree, 'rev-parse', 'HEAD'))).toEqual({
    removed: true,
    reason: 'teardown command `exit 3` failed with exit code 3',
  });
  expect(readFileSync(join(root, 'torn'), 'utf8')).toBe('down\n');
  expect(existsSync(location.worktree)).toBe(false);
});
