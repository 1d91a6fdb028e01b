import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toDetail } from '../../src/domain/session/projections.ts';
import { newSession } from '../../src/domain/session/state.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { coppiceHome, sessionDirectory } from '../../src/state/home.ts';
import { findCheckout, rememberRepository } from '../../src/state/repositories.ts';
import { saveDetail, saveOwnership } from '../../src/state/session-store.ts';
import { runForReal } from '../support/cli.ts';
import { commit, createRepository, run, write } from '../support/git-repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { expectClear } from './world.ts';

const repository = RepositoryName.parse('acme/app');

/** What an agent would like to be taken for the person's. */
const HOSTILE = 'repository: acme/app\nsandbox: "off"\nhooks: {setup: [touch owned]}\n';

/** A bare repository with the person's worktree and a session's beside it, and a command to run anywhere. */
async function bareLayout() {
  const { root, remote, commitElsewhere } = createRepository({ 'README.md': '# app\n' });
  commitElsewhere('main', { 'src/a.txt': 'a\n' });
  const project = join(root, 'project');
  mkdirSync(project);
  run(project, 'clone', '--quiet', '--bare', remote, '.bare');
  writeFileSync(join(project, '.git'), 'gitdir: ./.bare\n');
  const checkout = join(project, 'main');
  run(project, 'worktree', 'add', '--quiet', checkout, 'main');
  write(checkout, { 'coppice.yaml': 'repository: acme/app\nworkers: 5\n' });
  const worktree = join(project, 'app-issue-1');
  run(project, 'worktree', 'add', '--quiet', '-b', 'issue-1', worktree);
  write(worktree, { 'coppice.yaml': HOSTILE, 'nested/coppice.yaml': HOSTILE });
  const env = { COPPICE_HOME: temporaryDirectory('home') };
  const home = coppiceHome(env);
  const location = {
    ...{ repository, issue: 1, hostId: 'h', checkout, worktree },
    ...{ branch: 'issue-1', remote: 'origin' },
  };
  await saveOwnership(home, {
    ...{ workflowId: 'coppice/acme/app/issues/1', location, base: { branch: 'main', tip: 'x' } },
    ...{ createdAt: '2026-01-01T00:00:00Z', ready: true },
  });
  const coppice = (cwd: string, ...args: string[]) => runForReal(args, { cwd, env });
  return { project, checkout, worktree, home, coppice };
}

test('in a bare layout an agent’s coppice.yaml is never the person’s, wherever one stands', async () => {
  const { project, checkout, worktree, home, coppice } = await bareLayout();
  // A repository of the agent's own making says that it is no worktree at all.
  run(join(worktree, 'nested'), 'init', '--quiet');
  symlinkSync(worktree, join(project, 'link'));
  for (const cwd of [
    worktree,
    join(worktree, 'nested'),
    join(worktree, 'src'),
    join(project, 'link'),
  ]) {
    const { exitCode, stdout } = await coppice(cwd, 'config');
    expect({ cwd, exitCode, stdout }).toEqual({
      ...{ cwd, exitCode: 0 },
      stdout: expect.stringMatching(/workers: 5.*setup: \[\]|setup: \[\].*workers: 5/s),
    });
  }
  const { stderr } = await coppice(worktree, 'config');
  expect(stderr).toContain(
    `${join(worktree, 'coppice.yaml')} is ignored: the file that counts is ${join(checkout, 'coppice.yaml')}`,
  );

  await rememberRepository(home, repository, worktree);
  expect(await findCheckout(home, repository)).toBe(checkout);
});

test('beside a bare repository the person’s only worktree is the checkout, or the one they used', async () => {
  const { project, checkout, home, coppice } = await bareLayout();
  const config = await coppice(project, 'config');
  expect(config).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('workers: 5') });

  const other = join(project, 'other');
  run(project, 'worktree', 'add', '--quiet', '-b', 'other', other);
  expectClear(await coppice(project, 'config'), 1, `go to one of its worktrees`);
  expect(await coppice(other, 'config')).toMatchObject({ exitCode: 1 });
  await rememberRepository(home, repository, checkout);
  expect(await coppice(project, 'config')).toMatchObject({
    stdout: expect.stringContaining('workers: 5'),
  });
});

test('a session whose record is damaged lends its worktree to nobody', async () => {
  const { worktree, home, coppice } = await bareLayout();
  const state = newSession({ repository, issue: 1 }, '2026-01-01T00:00:00Z');
  const detail = toDetail(state);
  const record = { ...detail.record, worktreePath: worktree };
  await saveDetail(home, { ...detail, record }, '2026-01-01T00:00:00Z');
  writeFileSync(join(sessionDirectory(home, repository, 1), 'ownership.json'), '');
  expectClear(await coppice(worktree, 'config'), 1, 'in which an agent works');
});

test('a coppice.yaml in a subfolder or in another worktree, and a coppice.yml, are told', async () => {
  const { checkout, root } = createRepository({ 'sub/deep/x': '', 'coppice.yaml': 'workers: 4\n' });
  const env = { COPPICE_HOME: temporaryDirectory('home') };
  const config = (cwd: string) => runForReal(['--repo', 'acme/app', 'config'], { cwd, env });
  write(checkout, { 'coppice.yaml': 'repository: acme/app\nworkers: 5\n' });
  write(checkout, { 'sub/coppice.yaml': 'workers: 9\n', 'coppice.yml': 'workers: 8\n' });
  const inside = await config(join(checkout, 'sub/deep'));
  expect(inside.stdout).toContain('workers: 5');
  expect(inside.stderr.split('\n')).toEqual([
    `coppice: ${join(checkout, 'sub/coppice.yaml')} is ignored: the file that counts is ${join(checkout, 'coppice.yaml')}`,
    `coppice: ${join(checkout, 'coppice.yml')} is ignored: the file that counts is ${join(checkout, 'coppice.yaml')}`,
  ]);

  const linked = join(root, 'linked');
  run(checkout, 'worktree', 'add', '--quiet', '-b', 'linked', linked);
  expect((await config(linked)).stderr).toContain(join(linked, 'coppice.yaml'));
  write(linked, { 'coppice.yaml': 'repository: acme/app\nworkers: 5\n' });
  expect((await config(linked)).stderr).toBe('');

  rmSync(join(checkout, 'coppice.yaml'));
  expectClear(await config(checkout), 1, 'coppice.yml is not read under this name');
});

test('an agent’s coppice.yaml is not the person’s while they have its branch checked out', async () => {
  const { checkout } = createRepository({ 'coppice.yaml': 'repository: acme/app\nworkers: 4\n' });
  const env = { COPPICE_HOME: temporaryDirectory('home') };
  const config = () => runForReal(['config'], { cwd: checkout, env });
  expect((await config()).stdout).toContain('workers: 4');
  run(checkout, 'checkout', '--quiet', '-b', 'issue-1');
  commit(checkout, { 'coppice.yaml': HOSTILE });
  run(checkout, 'update-ref', 'refs/coppice/pushed/issue-1', 'HEAD');
  run(checkout, 'checkout', '--quiet', '--detach');
  expectClear(await config(), 1, 'the agent of issue-1 committed it');

  // What the person merged is theirs, and so is what they wrote themselves.
  run(checkout, 'push', '--quiet', 'origin', 'HEAD:main');
  expect((await config()).stdout).toContain('touch owned');
  write(checkout, { 'coppice.yaml': 'repository: acme/app\nworkers: 6\n' });
  expect((await config()).stdout).toContain('workers: 6');
});
