import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { CoppiceError } from '../../../src/domain/shared/failure.ts';
import { pushBranch } from '../../../src/git/remote/push.ts';
import { fetchBranch, remoteBranch, remoteDefaultBranch } from '../../../src/git/remote/remote.ts';
import { addWorktree } from '../../../src/git/worktree/worktrees.ts';
import { commit, createRepository, noToken, run } from '../../support/git-repository.ts';
import { createGitBackend } from '../../support/github-emulator/git-backend.ts';

async function session() {
  const repository = createRepository();
  const location = repository.location(124);
  await addWorktree(location, { tip: run(repository.remote, 'rev-parse', 'main') });
  const head = commit(location.worktree, { 'a.txt': 'a\n' }, '$(touch /tmp/x); --upload-pack=evil');
  return { ...repository, location, head };
}

test('a push makes the branch on the remote, and doing it again succeeds', async () => {
  const { location, head, remote } = await session();
  expect(await pushBranch(location, noToken)).toBe(head);
  expect(await pushBranch(location, noToken)).toBe(head);
  expect(run(remote, 'rev-parse', location.branch)).toBe(head);
});

test('only the session’s branch is pushed, whatever the person’s settings for pushes are', async () => {
  const { location, checkout, remote } = await session();
  run(checkout, 'config', 'push.default', 'matching');
  run(checkout, 'config', 'remote.origin.push', 'refs/heads/*:refs/heads/*');
  run(checkout, 'config', 'push.followTags', 'true');
  run(location.worktree, 'tag', '-a', '-m', 'v1', 'v1');
  run(checkout, 'branch', 'mine');
  await pushBranch(location, noToken);
  expect(run(remote, 'for-each-ref', '--format=%(refname)')).toBe(
    'refs/heads/issue-124\nrefs/heads/main',
  );
});

test('commits of somebody else on the remote’s branch are not overwritten', async () => {
  const { location, remote, commitElsewhere } = await session();
  await pushBranch(location, noToken);
  const theirs = commitElsewhere(location.branch, { 'b.txt': 'b\n' });
  run(location.worktree, 'commit', '-q', '--amend', '-m', 'amended');
  await expect(pushBranch(location, noToken)).rejects.toMatchObject({
    type: 'BranchMoved',
    message: expect.stringContaining('has commits that this host does not have'),
  });
  expect(run(remote, 'rev-parse', location.branch)).toBe(theirs);
});

test('a lease overwrites what was expected, and nothing else', async () => {
  const { location, head, remote, commitElsewhere } = await session();
  await pushBranch(location, noToken);
  run(location.worktree, 'commit', '-q', '--amend', '-m', 'amended');
  const amended = await pushBranch(location, noToken, { lease: head });
  expect(run(remote, 'rev-parse', location.branch)).toBe(amended);
  expect(await pushBranch(location, noToken, { lease: head })).toBe(amended);
  commitElsewhere(location.branch, { 'b.txt': 'b\n' });
  run(location.worktree, 'commit', '-q', '--amend', '-m', 'again');
  await expect(pushBranch(location, noToken, { lease: amended })).rejects.toMatchObject({
    type: 'BranchMoved',
  });
});

test('a remote’s rule that declines a push is told in the remote’s words', async () => {
  const { location, remote } = await session();
  const hook = '#!/bin/sh\necho "GH013: no secrets please" >&2\nexit 1\n';
  writeFileSync(join(remote, 'hooks/pre-receive'), hook, { mode: 0o755 });
  await expect(pushBranch(location, noToken)).rejects.toMatchObject({
    type: 'PushRejected',
    message: expect.stringContaining('(pre-receive hook declined): GH013: no secrets please)'),
    details: expect.stringContaining('GH013: no secrets please'),
  });
});

const TOKEN = 'ghp_verysecret';

/** The session's remote over HTTP, with a token. */
async function overHttp(requests: string[] = []) {
  const given = await session();
  const root = join(given.root, 'served');
  mkdirSync(join(root, 'acme'), { recursive: true });
  run(given.root, 'clone', '-q', '--bare', given.remote, join(root, 'acme/app.git'));
  run(join(root, 'acme/app.git'), 'config', 'http.receivepack', 'true');
  const backend = createGitBackend({ root, token: TOKEN, pushed: async () => {} });
  const server = createServer((request, response) => {
    requests.push(request.headers.authorization ?? '');
    backend(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  run(given.checkout, 'remote', 'set-url', 'origin', `http://127.0.0.1:${port}/acme/app.git`);
  return { ...given, server, served: join(root, 'acme/app.git') };
}

const token = async () => TOKEN;

test('over HTTP the token authenticates fetch and push, and is in no command line', async () => {
  const { location, head, served, checkout, root } = await overHttp();
  const seen = join(root, 'seen');
  mkdirSync(join(root, 'bin'));
  const real = run('/', '--exec-path');
  writeFileSync(
    join(root, 'bin/git'),
    `#!/bin/sh\nprintf '%s ' "$@" >> ${seen}\nexec ${join(real, 'git')} "$@"\n`,
  );
  chmodSync(join(root, 'bin/git'), 0o755);
  vi.stubEnv('PATH', `${join(root, 'bin')}:${process.env.PATH}`);
  try {
    await pushBranch(location, token);
    expect(await fetchBranch(checkout, 'origin', 'issue-124', token)).toBe(head);
    expect(await remoteDefaultBranch(checkout, 'origin', token)).toBe('main');
    expect((await remoteBranch(checkout, 'origin', 'issue-124', token)).tip).toBe(head);
  } finally {
    vi.unstubAllEnvs();
  }
  expect(run(served, 'rev-parse', location.branch)).toBe(head);
  const commands = readFileSync(seen, 'utf8');
  expect(commands).toContain('push');
  expect(commands).not.toContain(TOKEN);
  expect(commands).not.toContain(Buffer.from(`x-access-token:${TOKEN}`).toString('base64'));
  expect(commands).not.toContain('--upload-pack=evil');
  expect(run(checkout, 'config', '--list')).not.toContain('extraheader');
});

test('a token that is refused is told without the token, and without asking anybody', async () => {
  const { location, checkout, root } = await overHttp();
  const wrong = async () => 'ghp_wrong';
  const asked = join(root, 'asked');
  run(checkout, 'config', 'credential.helper', `!touch ${asked}; :`);
  const error: unknown = await pushBranch(location, wrong).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ type: 'Unauthorized' });
  expect(JSON.stringify(error) + String(error)).not.toContain('ghp_wrong');
  expect(existsSync(asked)).toBe(false);
});

test('the token replaces headers from the repository’s own configuration', async () => {
  const requests: string[] = [];
  const { checkout, location } = await overHttp(requests);
  const { origin } = new URL(run(checkout, 'remote', 'get-url', 'origin'));
  run(checkout, 'config', `http.${origin}/.extraHeader`, 'AUTHORIZATION: basic old');
  await pushBranch(location, token);
  expect(requests.filter((header) => header.includes('old'))).toEqual([]);
});

test('a server that does not answer is the world’s trouble, to be tried again', async () => {
  const { location, server } = await overHttp();
  server.close();
  await once(server, 'close');
  const error: unknown = await pushBranch(location, token).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Error);
  expect(error).not.toBeInstanceOf(CoppiceError);
});

test('a password in a URL that git or the remote writes is in no error', async () => {
  const { location, remote } = await session();
  const hook = '#!/bin/sh\necho "use https://me:hunter2@example.com/app.git" >&2\nexit 1\n';
  writeFileSync(join(remote, 'hooks/pre-receive'), hook, { mode: 0o755 });
  const error: unknown = await pushBranch(location, token).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ details: expect.stringContaining('https://***@example.com') });
  expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
});

test('a branch that the remote does not have is undefined', async () => {
  const { checkout } = await session();
  expect(await fetchBranch(checkout, 'origin', 'nowhere', noToken)).toBeUndefined();
  expect(await remoteBranch(checkout, 'origin', 'nowhere', noToken)).toEqual({
    ...{ tip: undefined, obstacle: undefined },
  });
});

test('eight fetches of one repository at once succeed', async () => {
  const { checkout, remote, commitElsewhere } = await session();
  commitElsewhere('main', { 'new.txt': 'new\n' });
  const tips = await Promise.all(
    Array.from({ length: 8 }, () => fetchBranch(checkout, 'origin', 'main', noToken)),
  );
  expect(new Set(tips)).toEqual(new Set([run(remote, 'rev-parse', 'main')]));
});

test('a branch that came onto the remote where ours can’t be beside it is asked about when it stays', async () => {
  const { location, checkout } = await session();
  const named = { ...location, branch: 'agent/124' };
  run(location.worktree, 'branch', '-m', 'agent/124');
  run(checkout, 'push', '--quiet', 'origin', 'main:refs/heads/agent');
  await expect(pushBranch(named, noToken)).rejects.toMatchObject({
    ...{ type: 'PushRejected', mayPass: true },
    message: expect.stringContaining('a branch exists whose name conflicts with it'),
  });
});

test.each(['release/1', 'release'])(
  'what is remembered of a branch that the remote has deleted, beside which git can’t have %s, is asked about',
  async (base) => {
    const { checkout } = await session();
    const stale = base === 'release' ? 'release/1' : 'release';
    run(checkout, 'update-ref', `refs/remotes/origin/${stale}`, 'main');
    run(checkout, 'push', '--quiet', 'origin', `main:refs/heads/${base}`);
    const main = run(checkout, 'rev-parse', 'main');
    const fetched = () => fetchBranch(checkout, 'origin', base, noToken);
    await expect(fetched()).rejects.toMatchObject({
      ...{ type: 'GitFailed', mayPass: false },
      message: expect.stringContaining(`remembers origin/${stale}, which origin has deleted`),
    });
    run(checkout, 'remote', 'prune', 'origin');
    expect(await fetched()).toBe(main);
  },
);
