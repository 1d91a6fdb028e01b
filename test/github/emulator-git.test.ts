import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { git } from '../support/github-emulator/git.ts';
import { ACME, commitFile, githubFixture, TOKEN, withToken } from '../support/github-fixture.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const basic = `Basic ${Buffer.from(`x-access-token:${TOKEN}`).toString('base64')}`;

test('a repository is read and pushed to only with the token', async () => {
  const { emulator, clone } = await githubFixture();
  const url = `${emulator.apiUrl}/acme/app.git`;
  await expect(git(clone, 'ls-remote', url)).rejects.toThrow(/could not read Username/);
  await expect(git(clone, 'push', url, 'HEAD:refs/heads/x')).rejects.toThrow(/Username/);
  expect(await git(clone, 'ls-remote', withToken(url))).toContain('refs/heads/main');
});

test('a name without .git is the same repository, and an unknown one is not found', async () => {
  const { emulator, clone } = await githubFixture();
  expect(await git(clone, 'ls-remote', withToken(`${emulator.apiUrl}/acme/app`))).toContain('main');
  await expect(
    git(clone, 'ls-remote', withToken(`${emulator.apiUrl}/acme/nothing.git`)),
  ).rejects.toThrow(/not found/);
});

test('large packs go both ways', async () => {
  const { emulator, clone } = await githubFixture();
  const noise = Buffer.alloc(5_000_000, 0);
  for (let at = 0; at < noise.length; at += 4) noise.writeUInt32LE(Math.random() * 2 ** 32, at);
  writeFileSync(join(clone, 'noise'), noise);
  await commitFile(clone, 'small');
  // Larger than http.postBuffer: git sends it in chunks, without a length.
  await git(clone, 'push', '--quiet', 'origin', 'HEAD:refs/heads/large');
  const other = join(temporaryDirectory('other'), 'clone');
  const url = withToken(`${emulator.apiUrl}/acme/app.git`);
  await git(clone, 'clone', '--quiet', '--branch', 'large', url, other);
  expect(await git(other, 'rev-parse', 'HEAD')).toBe(await git(clone, 'rev-parse', 'HEAD'));
});

test('a compressed request is understood', async () => {
  const { emulator } = await githubFixture();
  const tip = await git(emulator.directory(ACME), 'rev-parse', 'main');
  const want = `want ${tip} no-progress\n`;
  const body = `${(want.length + 4).toString(16).padStart(4, '0')}${want}00000009done\n`;
  const response = await fetch(`${emulator.apiUrl}/acme/app.git/git-upload-pack`, {
    method: 'POST',
    headers: {
      authorization: basic,
      'content-type': 'application/x-git-upload-pack-request',
      'content-encoding': 'gzip',
    },
    body: gzipSync(body),
  });
  expect(response.status).toBe(200);
  expect(Buffer.from(await response.arrayBuffer()).toString('latin1')).toContain('PACK');
});

test('a push that is not a fast-forward is refused', async () => {
  const { clone, pushBranch } = await githubFixture();
  await pushBranch('issue-1');
  await git(clone, 'reset', '--quiet', '--hard', 'origin/main');
  await commitFile(clone, 'other');
  await expect(git(clone, 'push', 'origin', 'issue-1')).rejects.toThrow(/rejected/);
});

test('a push whose answer is lost has been done', async () => {
  const { emulator, clone } = await githubFixture();
  await commitFile(clone, 'more');
  emulator.failNext({ method: 'POST', path: /git-receive-pack$/, status: 'after' });
  await expect(git(clone, 'push', 'origin', 'HEAD:refs/heads/lost')).rejects.toThrow();
  const tip = await git(clone, 'rev-parse', 'HEAD');
  expect(await git(emulator.directory(ACME), 'rev-parse', 'lost')).toBe(tip);
});

test('of many pushes at once each pull request shows its own last commit', async () => {
  const { emulator, clone, pushBranch } = await githubFixture();
  const names = ['a', 'b', 'c', 'd'];
  for (const name of names) {
    await pushBranch(name);
    const body = JSON.stringify({ head: name, base: 'main', title: name });
    const headers = { authorization: `Bearer ${TOKEN}` };
    await fetch(`${emulator.apiUrl}/repos/acme/app/pulls`, { method: 'POST', headers, body });
  }
  await commitFile(clone, 'more');
  const tip = await git(clone, 'rev-parse', 'HEAD');
  await Promise.all(
    names.map((name) => git(clone, 'push', '--quiet', '--force', 'origin', `HEAD:${name}`)),
  );
  expect(emulator.pullRequests(ACME).map(({ headSha }) => headSha)).toEqual(names.map(() => tip));
});
