import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { afterEach, test as anyTest, expect, onTestFinished, vi } from 'vitest';
import { uploadLfs } from '../../../src/git/remote/lfs.ts';
import { refuseLockedFiles } from '../../../src/git/remote/lfs-locks.ts';
import { pushBranch } from '../../../src/git/remote/push.ts';
import { credentialsFor, fetchBranch } from '../../../src/git/remote/remote.ts';
import { addWorktree } from '../../../src/git/worktree/worktrees.ts';
import { commit, createRepository, noToken, run } from '../../support/git-repository.ts';

/** Where git-lfs is not installed there is nothing to test; CI has it. */
const test = anyTest.skipIf(spawnSync('git', ['lfs', 'version']).status !== 0);

const TOKEN = 'token-for-lfs';

const body = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/** A server of Git LFS that asks for the login, and keeps what is uploaded. */
async function lfsServer() {
  const objects = new Map<string, Buffer>();
  const state = { down: false, theirs: [] as { path: string; owner: { name: string } }[] };
  const expected = `basic ${Buffer.from(`x-access-token:${TOKEN}`).toString('base64')}`;
  const server = createServer(async (request, response) => {
    const content = await body(request);
    const answer = (status: number, text: string) =>
      response.writeHead(status, { 'content-type': 'application/vnd.git-lfs+json' }).end(text);
    if (state.down) return response.writeHead(503, { 'content-type': 'text/html' }).end('away');
    const oid = request.url?.split('/').at(-1) ?? '';
    if (request.url?.startsWith('/content/')) {
      if (request.method === 'PUT') objects.set(oid, content);
      return request.method === 'PUT' ? answer(200, '') : response.end(objects.get(oid));
    }
    if (request.headers.authorization?.toLowerCase() !== expected.toLowerCase())
      return answer(401, '{"message":"login"}');
    if (request.url === '/locks/verify')
      return answer(200, JSON.stringify({ ours: [], theirs: state.theirs, next_cursor: '' }));
    const asked = JSON.parse(content.toString()) as {
      operation: string;
      objects: { oid: string; size: number }[];
    };
    const href = (id: string) => `http://${request.headers.host}/content/${id}`;
    return answer(
      200,
      JSON.stringify({
        transfer: 'basic',
        objects: asked.objects.map((object) =>
          asked.operation === 'upload' || objects.has(object.oid)
            ? {
                ...object,
                authenticated: true,
                actions: { [asked.operation]: { href: href(object.oid) } },
              }
            : { ...object, error: { code: 404, message: 'none' } },
        ),
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, objects, state };
}

const oidOf = (content: string) => createHash('sha256').update(content).digest('hex');

/** A repository that keeps `*.bin` in Git LFS, and a session's worktree in it. */
async function session() {
  const server = await lfsServer();
  const repository = createRepository();
  const { checkout, remote } = repository;
  const login = await credentialsFor(server.url, async () => TOKEN);
  run(checkout, 'lfs', 'install', '--local', '--skip-repo');
  run(checkout, 'config', 'lfs.url', server.url);
  run(checkout, 'config', 'lfs.concurrenttransfers', '1');
  run(checkout, 'config', 'lfs.transfer.maxretries', '1');
  commit(checkout, { '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n' });
  commit(checkout, { 'a.bin': 'first\n' });
  run(checkout, 'push', '--quiet', '--no-verify', 'origin', 'HEAD:main');
  const location = repository.location(124);
  await addWorktree(location, { tip: run(remote, 'rev-parse', 'main') });
  const upload = () => uploadLfs(location, run(checkout, 'rev-parse', location.branch), login);
  return { ...repository, ...server, location, login, upload };
}

afterEach(() => vi.unstubAllEnvs());

test('what an agent adds is uploaded with the login, and not again', async () => {
  const { location, upload, objects } = await session();
  commit(location.worktree, { 'b.bin': 'second\n', 'c.txt': 'plain\n' });
  await upload();
  expect([...objects.keys()]).toEqual([oidOf('second\n')]);
  commit(location.worktree, { 'd.txt': 'plain\n' });
  await upload();
});

test('a push carries it, before its branch is there', async () => {
  const { location, checkout, root, remote } = await session();
  run(root, 'init', '--quiet', '--bare', 'lfs.git');
  run(checkout, 'config', 'lfs.url', `file://${root}/lfs.git`);
  commit(location.worktree, { 'b.bin': 'second\n' });
  await pushBranch(location, noToken);
  const oid = oidOf('second\n');
  const at = join(root, 'lfs.git/lfs/objects', oid.slice(0, 2), oid.slice(2, 4), oid);
  expect(readFileSync(at, 'utf8')).toBe('second\n');
  expect(run(remote, 'rev-parse', location.branch)).toBe(
    run(checkout, 'rev-parse', location.branch),
  );
});

test('a file that somebody else has locked is not pushed over, where locks are verified', async () => {
  const { location, checkout, state, login } = await session();
  commit(location.worktree, { 'a.bin': 'changed\n', 'b.bin': 'second\n' });
  const sha = run(checkout, 'rev-parse', location.branch);
  state.theirs.push({ path: 'a.bin', owner: { name: 'Ada' } });
  await refuseLockedFiles(location, sha, login);
  run(checkout, 'config', 'lfs.locksverify', 'true');
  await expect(refuseLockedFiles(location, sha, login)).rejects.toMatchObject({
    type: 'PushRejected',
    message: expect.stringContaining(
      'issue-124 changes files that others have locked in Git LFS (a.bin by Ada)',
    ),
  });
  state.theirs.splice(0, 1, { path: 'other.bin', owner: { name: 'Ada' } });
  await refuseLockedFiles(location, sha, login);
});

test('a refused login is asked about, and a server that is away is waited for', async () => {
  const { location, checkout, url, state, upload } = await session();
  commit(location.worktree, { 'b.bin': 'second\n' });
  const sha = run(checkout, 'rev-parse', location.branch);
  const wrong = await credentialsFor(url, async () => 'wrong');
  await expect(uploadLfs(location, sha, wrong)).rejects.toMatchObject({ type: 'Unauthorized' });
  state.down = true;
  await expect(upload()).rejects.toMatchObject({ name: 'TransientError' });
});

test('an object that nobody has is named, and so is a missing git-lfs', async () => {
  const { location, checkout, upload, root } = await session();
  commit(location.worktree, {
    'b.bin': `version https://git-lfs.github.com/spec/v1\noid sha256:${'e'.repeat(64)}\nsize 7\n`,
  });
  await expect(upload()).rejects.toMatchObject({
    type: 'PushRejected',
    message: expect.stringContaining('eeeeeeeeeeee'),
  });
  const ran = join(root, 'ran');
  run(checkout, 'config', 'alias.lfs', `!touch ${ran}`);
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const only = join(root, 'only');
  execFileSync('sh', ['-c', `mkdir ${only} && ln -s ${git} ${only}/git`]);
  const without = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((path) => !existsSync(join(path, 'git-lfs')));
  vi.stubEnv('PATH', [only, ...without].join(delimiter));
  await expect(upload()).rejects.toMatchObject({
    message: expect.stringContaining('git-lfs is not on the PATH'),
  });
  expect(existsSync(ran)).toBe(false);
});

test('what a fetched branch needs is there before a checkout, whose filters get no login', async () => {
  const { checkout, location, url, objects, login } = await session();
  objects.set(oidOf('first\n'), Buffer.from('first\n'));
  rmSync(join(checkout, '.git/lfs/objects'), { recursive: true });
  const other = { ...location, worktree: `${location.worktree}-2`, branch: 'issue-2' };
  // The remote is a path, so that only the address of Git LFS needs the login.
  run(checkout, 'config', `http.${url}/.extraHeader`, `${login.config?.at(-1)?.[1]}`);
  const tip = (await fetchBranch(checkout, 'origin', 'main', noToken)) ?? '';
  run(checkout, 'config', '--unset', `http.${url}/.extraHeader`);
  const seen = join(other.worktree, '..', 'seen');
  const spy = join(other.worktree, '..', 'spy.sh');
  writeFileSync(spy, `#!/bin/sh\nenv >>${seen}\nexec git-lfs filter-process\n`);
  chmodSync(spy, 0o755);
  run(checkout, 'config', 'filter.lfs.process', spy);
  await addWorktree(other, { tip });
  expect(readFileSync(join(other.worktree, 'a.bin'), 'utf8')).toBe('first\n');
  expect(readFileSync(seen, 'utf8')).not.toContain(TOKEN);
});

test('programs that the repository’s configuration names for git-lfs get no login', async () => {
  const { location, checkout, root, upload } = await session();
  const seen = join(root, 'seen');
  const agent = join(root, 'agent.sh');
  writeFileSync(agent, `#!/bin/sh\nenv >>${seen}\nexit 1\n`);
  chmodSync(agent, 0o755);
  appendFileSync(
    join(checkout, '.git/config'),
    `[lfs]\n\tstandalonetransferagent = x\n[lfs "customtransfer.x"]\n\tpath = ${agent}\n`,
  );
  commit(location.worktree, { 'b.bin': 'second\n' });
  await expect(upload()).rejects.toThrow();
  expect(readFileSync(seen, 'utf8')).not.toContain('AUTHORIZATION');
});
