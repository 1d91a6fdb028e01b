import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { githubApiUrl, gitTokenSource, tokenSource } from '../../../src/github/api/token.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

/** An environment whose GitHub CLI is this shell script; it notes each call's arguments in `calls`. */
function environmentWithCli(script: string) {
  const directory = temporaryDirectory('gh');
  const calls = join(directory, 'calls');
  const program = join(directory, 'gh');
  writeFileSync(calls, '');
  writeFileSync(program, `#!/bin/sh\necho "$@" >> ${calls}\n${script}\n`);
  chmodSync(program, 0o755);
  const env = { PATH: `${directory}:/usr/bin:/bin` };
  return { env, directory, calls: () => readFileSync(calls, 'utf8') };
}

test("the environment's token comes first, and is looked up at each use", async () => {
  const env: NodeJS.ProcessEnv = { GITHUB_TOKEN: 'one' };
  const token = tokenSource(env);
  expect(await token()).toBe('one');
  env.GITHUB_TOKEN = 'two';
  expect(await token()).toBe('two');
  env.GH_TOKEN = 'three';
  expect(await token()).toBe('three');
});

test('the GitHub CLI is asked once for many uses', async () => {
  const { env, calls } = environmentWithCli('echo from-gh');
  const token = tokenSource(env);
  expect(await Promise.all([token(), token()])).toEqual(['from-gh', 'from-gh']);
  expect(await token()).toBe('from-gh');
  expect(calls()).toBe('auth token --hostname github.com\n');
});

test('a token that could not be sent is refused without being named', async () => {
  const error = await tokenSource({ GITHUB_TOKEN: 'hidden\nand more' })().catch((e) => e);
  expect(error).toMatchObject({ type: 'Unauthorized' });
  expect(`${error.stack}`).not.toContain('hidden');
  expect(await tokenSource({ GITHUB_TOKEN: ' pasted\n' })()).toBe('pasted');
});

test("another host's token is asked for, never github.com's", async () => {
  const { env, calls } = environmentWithCli('echo from-gh');
  const source = tokenSource({ ...env, GITHUB_API_URL: 'https://ghe.example.com/api/v3' });
  await source();
  expect(calls()).toBe('auth token --hostname ghe.example.com\n');
});

test('a person who logs in after a failure is heard at once', async () => {
  const { env, directory } = environmentWithCli(
    '[ -e "$0.in" ] && echo late || { echo no >&2; exit 4; }',
  );
  const token = tokenSource(env);
  await expect(token()).rejects.toMatchObject({
    type: 'Unauthorized',
    message:
      'No token for github.com: set GITHUB_TOKEN, or run `gh auth login --hostname github.com`',
  });
  writeFileSync(join(directory, 'gh.in'), '');
  expect(await token()).toBe('late');
});

test('without a token and without the GitHub CLI the advice names both', async () => {
  const token = tokenSource({ PATH: temporaryDirectory('empty') });
  await expect(token()).rejects.toMatchObject({
    type: 'Unauthorized',
    message: expect.stringContaining('install the GitHub CLI'),
  });
});

test('the API is github.com, or where GITHUB_API_URL says', () => {
  expect(githubApiUrl({})).toBe('https://api.github.com');
  expect(githubApiUrl({ GITHUB_API_URL: 'http://127.0.0.1:1/' })).toBe('http://127.0.0.1:1');
  for (const GITHUB_API_URL of ['ghe.example.com', 'http://', 'file:///etc/passwd'])
    expect(() => githubApiUrl({ GITHUB_API_URL })).toThrow(/GITHUB_API_URL is not/);
});

test.each([
  [undefined, 'https://github.com'],
  ['https://api.github.com', 'https://github.com'],
  ['https://ghe.example.com/api/v3', 'https://ghe.example.com'],
  ['https://api.acme.ghe.com', 'https://acme.ghe.com'],
])('with the API at %s, git gets the token for %s and for no other origin', async (api, origin) => {
  const env = { GITHUB_TOKEN: 'secret', ...(api && { GITHUB_API_URL: api }) };
  const tokens = gitTokenSource(env);
  await expect(tokens(origin)).resolves.toBe('secret');
  for (const other of [
    'https://evil.example.com',
    `${origin}.evil.example.com`,
    'http://github.com',
  ])
    await expect(tokens(other)).rejects.toThrow(other);
});
