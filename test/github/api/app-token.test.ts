import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createGitHub } from '../../../src/github/api/client.ts';
import { tokenSource } from '../../../src/github/api/token.ts';
import { git } from '../../support/github-emulator/git.ts';
import { ACME, githubFixture, TOKEN } from '../../support/github-fixture.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

/** As GitHub gives it out: PKCS #1. */
const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});

async function installed(installations: readonly number[], lifetime?: number) {
  const fixture = await githubFixture();
  const { emulator } = fixture;
  emulator.installApp({
    ...{ id: 7, publicKey, installations },
    ...(lifetime !== undefined && { lifetime }),
  });
  const file = join(temporaryDirectory('app'), 'key.pem');
  writeFileSync(file, privateKey);
  const env: NodeJS.ProcessEnv = {
    ...{ GITHUB_API_URL: emulator.apiUrl, GITHUB_APP_ID: '7' },
    GITHUB_APP_PRIVATE_KEY_FILE: file,
  };
  const mints = () =>
    emulator.requests.filter(({ path }) => path.endsWith('/access_tokens')).length;
  return { ...fixture, env, file, mints };
}

test('an app works with the token of its installation, got once, for the API and for git', async () => {
  const { emulator, clone, env, mints } = await installed([70]);
  const issue = emulator.addIssue(ACME, { title: 'One' });
  const tokens = tokenSource({ ...env, GITHUB_TOKEN: 'somebody else' });
  const github = createGitHub({ apiUrl: emulator.apiUrl, tokens });
  expect(await github.readIssue(ACME, issue)).toMatchObject({ title: 'One' });
  const { polls } = await github.readPolls(ACME, [{ issue, pullRequest: null }]);
  expect(polls).toHaveLength(1);
  const url = `${emulator.apiUrl}/acme/app.git`.replace(
    '://',
    `://x-access-token:${await tokens()}@`,
  );
  expect(await git(clone, 'ls-remote', url)).toContain('refs/heads/main');
  expect(mints()).toBe(1);
});

test('a token is replaced before it ends', async () => {
  const { env, mints } = await installed([70], 299);
  const tokens = tokenSource(env);
  const first = await tokens();
  expect(await tokens()).not.toBe(first);
  expect(mints()).toBeGreaterThan(1);
  const lasting = await installed([70], 301);
  const source = tokenSource(lasting.env);
  expect(await source()).toBe(await source());
});

test('of several installations the person says which', async () => {
  const { env } = await installed([70, 71]);
  await expect(tokenSource(env)()).rejects.toMatchObject({
    ...{ type: 'Unauthorized', message: expect.stringContaining('GITHUB_APP_INSTALLATION_ID') },
  });
  expect(await tokenSource({ ...env, GITHUB_APP_INSTALLATION_ID: '71' })()).toMatch(/^ghs_/);
  await expect(tokenSource({ ...env, GITHUB_APP_INSTALLATION_ID: '72' })()).rejects.toMatchObject({
    type: 'Unauthorized',
    message: expect.stringContaining('72'),
  });
});

test.each<[string, NodeJS.ProcessEnv, RegExp]>([
  ['no key', { GITHUB_APP_PRIVATE_KEY_FILE: '' }, /GITHUB_APP_PRIVATE_KEY_FILE must be set/],
  ['an id that is none', { GITHUB_APP_ID: 'coppice' }, /GITHUB_APP_ID must be set/],
  ["another app's id", { GITHUB_APP_ID: '8' }, /does not accept the key of GitHub App 8/],
  ['no such file', { GITHUB_APP_PRIVATE_KEY_FILE: '/no/key' }, /read from \/no\/key \(ENOENT\)/],
])('%s is told, and mended while it runs', async (_, wrong, message) => {
  const { env } = await installed([70]);
  const changing = { ...env, ...wrong };
  const tokens = tokenSource(changing);
  await expect(tokens()).rejects.toMatchObject({ type: 'Unauthorized', message });
  Object.assign(changing, env);
  expect(await tokens()).toMatch(/^ghs_/);
});

test('a file that holds no key is told without its content', async () => {
  const { env, file } = await installed([70]);
  writeFileSync(file, `not a key ${TOKEN}`);
  const error = await tokenSource(env)().catch((reason) => reason);
  expect(error).toMatchObject({ type: 'Unauthorized' });
  expect(`${error.stack}`).not.toContain(TOKEN);
});
