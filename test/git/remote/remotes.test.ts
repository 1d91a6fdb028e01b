import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { pushBranch } from '../../../src/git/remote/push.ts';
import { fetchBranch } from '../../../src/git/remote/remote.ts';
import { parseRemoteUrl } from '../../../src/github/api/remote-url.ts';
import { gitTokenSource } from '../../../src/github/api/token.ts';
import { commit, createRepository, noToken, run } from '../../support/git-repository.ts';
import { ACME, githubFixture, TOKEN } from '../../support/github-fixture.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

/** A program that says that it was run. */
function spy(directory: string, does: string): { readonly path: string; readonly ran: string } {
  const path = join(directory, 'spy');
  const ran = join(directory, 'ran');
  writeFileSync(path, `#!/bin/sh\necho "$@" >>${ran}\n${does}\n`);
  chmodSync(path, 0o755);
  return { path, ran };
}

test('a shortened address, another one for pushes and a credential helper: each push has the token, and only that', async () => {
  const { emulator, clone } = await githubFixture();
  const tokens = gitTokenSource({ GITHUB_API_URL: emulator.apiUrl, GITHUB_TOKEN: TOKEN });
  const helper = spy(temporaryDirectory('helper'), 'echo username=thief; echo password=thief');
  const set = (name: string, value: string) => run(clone, 'config', name, value);
  set('credential.helper', helper.path);
  set('core.askPass', helper.path);
  set(`url.${emulator.apiUrl}/.insteadOf`, 'hub:');
  set('remote.origin.url', 'hub:acme/app.git');
  const location = {
    ...{ repository: ACME, issue: 1, hostId: 'h', checkout: clone, worktree: clone },
    ...{ branch: 'issue-1', remote: 'origin' },
  };
  run(clone, 'branch', 'issue-1');
  expect(await fetchBranch(clone, 'origin', 'main', tokens)).toMatch(/^[0-9a-f]{40}$/);
  const sha = await pushBranch(location, tokens);
  expect(run(emulator.directory(ACME), 'rev-parse', 'issue-1')).toBe(sha);

  set('remote.origin.url', emulator.directory(ACME));
  set('remote.origin.pushurl', 'hub:acme/app.git');
  run(clone, 'branch', 'issue-2');
  expect(await fetchBranch(clone, 'origin', 'main', noToken)).toBeDefined();
  await pushBranch({ ...location, branch: 'issue-2' }, tokens);

  const wrong = async () => 'wrong-token';
  run(clone, 'branch', 'issue-3');
  const refused = pushBranch({ ...location, branch: 'issue-3' }, wrong);
  await expect(refused).rejects.toMatchObject({ type: 'Unauthorized' });
  await expect(refused).rejects.not.toThrow(/wrong-token/);
  expect(existsSync(helper.ran)).toBe(false);
});

test('of several addresses for pushes the one that is fetched from is used, and its mirrors are left alone', async () => {
  const { emulator, clone } = await githubFixture();
  const tokens = gitTokenSource({ GITHUB_API_URL: emulator.apiUrl, GITHUB_TOKEN: TOKEN });
  const github = run(clone, 'remote', 'get-url', 'origin');
  const mirror = temporaryDirectory('mirror');
  run(mirror, 'init', '--quiet', '--bare');
  for (const url of [mirror, github, 'https://mirror.invalid/acme/app.git'])
    run(clone, 'config', '--add', 'remote.origin.pushurl', url);
  const location = {
    ...{ repository: ACME, issue: 1, hostId: 'h', checkout: clone, worktree: clone },
    ...{ branch: 'issue-1', remote: 'origin' },
  };
  run(clone, 'checkout', '--quiet', '-b', 'issue-1');
  const first = await pushBranch(location, tokens);
  expect(run(emulator.directory(ACME), 'rev-parse', 'issue-1')).toBe(first);
  const second = commit(clone, { 'a.txt': 'a\n' });
  expect(await pushBranch(location, tokens, { lease: first })).toBe(second);
  expect(run(emulator.directory(ACME), 'rev-parse', 'issue-1')).toBe(second);
  expect(run(mirror, 'for-each-ref')).toBe('');
});

test.each([
  ['ssh', (path: string) => `ssh://git@github.example${path}`],
  ['git+ssh', (path: string) => `git+ssh://git@github.example${path}`],
  ['scp', (path: string) => `git@github.example:${path}`],
])('a remote over %s is reached in the person’s own way, without a token', async (_, address) => {
  const { checkout, remote, location } = createRepository();
  const ssh = spy(temporaryDirectory('ssh'), 'while [ $# -gt 1 ]; do shift; done; eval "$1"');
  vi.stubEnv('GIT_SSH_COMMAND', ssh.path);
  run(checkout, 'remote', 'set-url', 'origin', address(remote));
  expect(await fetchBranch(checkout, 'origin', 'main', noToken)).toBe(
    run(remote, 'rev-parse', 'main'),
  );
  run(checkout, 'checkout', '--quiet', '-b', 'issue-1');
  const sha = commit(checkout, { 'a.txt': 'a\n' });
  expect(await pushBranch(location(1), noToken)).toBe(sha);
  expect(existsSync(ssh.ran)).toBe(true);
  expect(parseRemoteUrl(address('/acme/app.git'))).toBe('acme/app');
});
