import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandEnvironment } from '../../../src/activities/worktree/command-environment.ts';
import { runSetup } from '../../../src/activities/worktree/setup.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { coppiceHome } from '../../../src/state/home.ts';
import { createRepository } from '../../support/git-repository.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const PERSON = {
  ...{ PATH: process.env.PATH ?? '', HOME: '/home/alice', GITHUB_TOKEN: 'ghp_0123456789' },
  ...{ NPM_TOKEN: 'npm-0123456789', REGISTRY_LOGIN: 'alice:swordfish', JAVA_HOME: '/usr/bin' },
  HTTPS_PROXY: 'http://alice:hunter22@proxy.example:3128',
  ...{ NODE_EXTRA_CA_CERTS: '/etc/hostname', OTHER: 'not named anywhere' },
};

const environment = (yaml: string) => commandEnvironment(PERSON, parseConfig(yaml, 'coppice.yaml'));

test('commands see what every program needs, and the variables that hooks.env names', () => {
  const { variables } = environment('hooks: {env: [NPM_TOKEN, JAVA_HOME]}');
  expect(Object.keys(variables).sort()).toEqual(
    ['HOME', 'HTTPS_PROXY', 'JAVA_HOME', 'NODE_EXTRA_CA_CERTS', 'NPM_TOKEN', 'PATH'].sort(),
  );
});

test('without hooks.env they see those that agent.env names, and with an empty one none', () => {
  const agent = 'agent: {env: [NPM_TOKEN]}';
  expect(environment(agent).variables).toHaveProperty('NPM_TOKEN');
  expect(environment(`${agent}\nhooks: {env: []}`).variables).not.toHaveProperty('NPM_TOKEN');
});

test('no GitHub token reaches them, by any name', () => {
  expect(() => environment('hooks: {env: [GITHUB_TOKEN]}')).toThrow(/no GitHub token/);
  expect(environment('agent: {env: [OTHER]}').variables).not.toHaveProperty('GITHUB_TOKEN');
});

test('secret are the values let through by name and the passwords in addresses, and no path', () => {
  const { secrets } = environment('hooks: {env: [NPM_TOKEN, REGISTRY_LOGIN, JAVA_HOME]}');
  expect(secrets.toSorted()).toEqual(['alice:swordfish', 'hunter22', 'npm-0123456789'].sort());
});

test('what is secret stands neither in the log of a command nor in what is told of its failure', async () => {
  const { location } = createRepository();
  const where = location(124);
  mkdirSync(where.worktree);
  const log = join(temporaryDirectory('log'), 'setup.log');
  const failed = await runSetup({
    ...{ home: coppiceHome({ COPPICE_HOME: temporaryDirectory('home') }), location: where },
    commands: ['echo "login $NPM_TOKEN at $HTTPS_PROXY"; exit 1'],
    ...{ timeout: 30, log, signal: new AbortController().signal },
    environment: environment('hooks: {env: [NPM_TOKEN]}'),
  }).catch((error: unknown) => error as { message: string; details: string });
  expect(failed).toMatchObject({ type: 'SetupFailed' });
  expect(failed?.details).toContain('login ************** at http://alice:********@proxy');
  for (const text of [failed?.details, failed?.message, readFileSync(log, 'utf8')])
    for (const secret of ['npm-0123456789', 'hunter22']) expect(text).not.toContain(secret);
});

test('of a secret of three lines none is shown, printed one at a time or all at once', async () => {
  const lines = ['first-0123456789', 'second-0123456789', 'third-0123456789'];
  const { location } = createRepository();
  const where = location(124);
  mkdirSync(where.worktree);
  const log = join(temporaryDirectory('log'), 'setup.log');
  const config = parseConfig('hooks: {env: [DEPLOYER]}', 'coppice.yaml');
  const failed = await runSetup({
    ...{ home: coppiceHome({ COPPICE_HOME: temporaryDirectory('home') }), location: where },
    commands: ['printf "%s\\n" "$DEPLOYER" | sed "s/^/> /"; echo "$DEPLOYER" >&2; exit 1'],
    ...{ timeout: 30, log, signal: new AbortController().signal },
    environment: commandEnvironment({ ...PERSON, DEPLOYER: lines.join('\n') }, config),
  }).catch((error: unknown) => error as { message: string; details: string });
  expect(failed).toMatchObject({ type: 'SetupFailed', details: expect.stringContaining('> ***') });
  for (const text of [failed?.details, failed?.message, readFileSync(log, 'utf8')])
    for (const line of lines) expect(text).not.toContain(line);
});
