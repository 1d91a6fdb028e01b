import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { toDetail } from '../../src/domain/session/projections.ts';
import { newSession } from '../../src/domain/session/state.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { coppiceHome, sessionDirectory } from '../../src/state/home.ts';
import { saveDetail } from '../../src/state/session-store.ts';
import { COPPICE, coppice } from '../support/cli.ts';
import { createEnvironment } from '../support/environment.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { expectClear } from './world.ts';

/** Settings of a process that must find nothing of the real person's: no service, no token, no profile. */
const alone = (home: string) => ({
  COPPICE_HOME: join(home, 'state'),
  COPPICE_CACHE: join(home, 'cache'),
});

async function checkout(remote?: string) {
  const cwd = temporaryDirectory('checkout');
  await execa('git', ['init', '--quiet', '--initial-branch=main', cwd]);
  if (remote !== undefined)
    await execa('git', ['-C', cwd, 'remote', 'add', '--', 'origin', remote]);
  return cwd;
}

describe('outside a repository', () => {
  test.for([
    ['status'],
    ['run', '1'],
    ['show', '1'],
    ['init'],
    ['config'],
    ['prune'],
    ['logs', '1'],
  ])('%j fails with one line', async (args) => {
    const cwd = temporaryDirectory();
    expectClear(await coppice(args, { cwd, env: alone(cwd) }), 1, /is not in a git repository/);
  });
});

test('init writes what it found, once, and config reads it', async () => {
  const cwd = await checkout('https://github.com/acme/app.git');
  const env = alone(cwd);
  const first = await coppice(['init'], { cwd, env });
  expect(first).toMatchObject({ exitCode: 0, stderr: '' });
  expect(parse(readFileSync(join(cwd, 'coppice.yaml'), 'utf8'))).toEqual({
    repository: 'acme/app',
  });

  const second = await coppice(['init'], { cwd, env });
  expect(second).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('stays as it is') });
  writeFileSync(join(cwd, 'coppice.yaml'), 'wrokers: 3\nworkers: 0\n');
  const broken = await coppice(['config'], { cwd, env });
  expectClear(broken, 1, /^coppice: .*coppice\.yaml has 2 problems\n/);
  expect(broken.stderr).toMatch(/coppice\.yaml:1:1: wrokers: unknown key; did you mean workers\?/);
  expect(broken.stderr).toMatch(/coppice\.yaml:2:10: workers: must be more than 0/);

  expect(await coppice(['init', '--force', '-C', cwd], { cwd: '/', env })).toMatchObject({
    exitCode: 0,
  });
  const config = await coppice(['config', '--json'], { cwd, env });
  expect(JSON.parse(config.stdout)).toMatchObject({ repository: 'acme/app', workers: 3 });
});

test('a status without a service says so, and how to start one', async () => {
  const cwd = await checkout('git@github.com:acme/app.git');
  const { exitCode, stdout } = await coppice(['status'], { cwd, env: alone(cwd) });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^No service answers.*coppice up/);
});

test('damaged files of one session keep status and prune of the others from nothing, and are named', async () => {
  const cwd = await checkout('git@github.com:acme/app.git');
  const env = alone(cwd);
  const home = coppiceHome(env);
  const repository = RepositoryName.parse('acme/app');
  for (const issue of [1, 2])
    await saveDetail(
      home,
      toDetail(newSession({ repository, issue }, '2026-01-01T00:00:00Z')),
      '2026-01-01T00:00:00Z',
    );
  const detail = join(sessionDirectory(home, repository, 1), 'detail.json');
  const ownership = join(sessionDirectory(home, repository, 1), 'ownership.json');
  for (const path of [detail, ownership, join(home.root, 'host-id')]) writeFileSync(path, '');
  for (const name of ['service/service.json', 'ports/0', 'github-limits.json', 'turns/.costs']) {
    mkdirSync(dirname(join(home.root, name)), { recursive: true });
    writeFileSync(join(home.root, name), '\0');
  }
  for (const args of [['status'], ['prune', '--dry-run']]) {
    const { exitCode, stdout, stderr } = await coppice(args, { cwd, env });
    const told = args[0] === 'status' ? stdout : stderr;
    expect({ exitCode, told }).toMatchObject({
      exitCode: 0,
      told: expect.stringContaining(`${ownership} is damaged`),
    });
    expect(told.split(detail)).toHaveLength(2);
    if (args[0] === 'status') expect(stdout).toContain('#2');
  }
});

test('a remote whose URL looks like an option is no repository', async () => {
  const cwd = await checkout('--upload-pack=touch pwned');
  expectClear(
    await coppice(['status'], { cwd, env: alone(cwd) }),
    1,
    /has no remote origin on GitHub/,
  );
  expect(existsSync(join(cwd, 'pwned'))).toBe(false);
});

test('a run is refused for everything that is wrong with it, before anything is made', async () => {
  const root = temporaryDirectory('refused');
  const environment = await createEnvironment(root, { config: { base: 'no-such-branch' } });
  onTestFinished(() => environment.close());
  const { checkout: cwd, env, emulator, repository } = environment;
  const closed = emulator.addIssue(repository, { title: '$(touch pwned)', state: 'closed' });
  await execa('git', ['-C', cwd, 'branch', 'issue-125']);
  const ran = await coppice(
    ['run', '123', '#123', '125', String(closed), '9999', '--after', '123:124'],
    { cwd, env },
  );
  expectClear(ran, 1, /^coppice: nothing was started:\n/);
  for (const problem of [
    '#123 is given twice',
    '#123 depends on #124, which is not in the plan',
    'acme/app has no branch no-such-branch',
    '#125 needs a branch issue-125, but that branch exists and Coppice did not make it',
    `#${closed} is closed`,
    'acme/app has no issue #9999',
  ])
    expect(ran.stderr).toContain(`\n  ${problem}`);
  expect(emulator.violations).toEqual([]);
  expect(environment.processes()).toEqual([]);
  expect(existsSync(join(root, 'app-issue-123'))).toBe(false);
});

test('without a token a run is refused once, and says how to log in', async () => {
  const root = temporaryDirectory('token');
  const environment = await createEnvironment(root);
  onTestFinished(() => environment.close());
  const { GITHUB_TOKEN: _, ...env } = environment.env;
  const path = join(root, 'bin');
  await execa('mkdir', [path]);
  for (const program of ['git', 'node']) {
    const { stdout } = await execa('sh', ['-c', `command -v ${program}`]);
    writeFileSync(join(path, program), `#!/bin/sh\nexec ${stdout} "$@"\n`);
    chmodSync(join(path, program), 0o755);
  }
  const options = { cwd: environment.checkout, env: { ...env, PATH: path } };
  const ran = await coppice(['run', '123', '124'], options);
  expectClear(ran, 1, /^coppice: nothing was started:\n {2}No token for .*gh auth login/);
  expect(ran.stderr.split('\n')).toHaveLength(2);
});

test('a token GitHub does not take appears in no output', async () => {
  const environment = await createEnvironment(temporaryDirectory('secret'));
  onTestFinished(() => environment.close());
  const env = { ...environment.env, GITHUB_TOKEN: 'ghp_verysecret' };
  const ran = await coppice(['run', '123', '--debug'], { cwd: environment.checkout, env });
  expect(ran).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('401') });
  expect(ran.stdout + ran.stderr).not.toContain('verysecret');
});

test('GitHub out of reach is one line', async () => {
  const cwd = await checkout('https://github.com/acme/app.git');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const env = { ...alone(cwd), GITHUB_API_URL: `http://127.0.0.1:${port}`, GITHUB_TOKEN: 'x' };
  expectClear(await coppice(['run', '1'], { cwd, env }), 1, /^coppice: GitHub can't be reached at/);
});

test('whoever stops reading ends the command quietly', async () => {
  const cwd = temporaryDirectory();
  const { exitCode, stderr, stdout } = await execa(
    'sh',
    ['-c', `{ "$0" "$1" --help; echo "exit $?" >&2; } | true`, process.execPath, COPPICE],
    { cwd, reject: false },
  );
  expect({ exitCode, stderr, stdout }).toEqual({ exitCode: 0, stderr: 'exit 0', stdout: '' });
});

test('Ctrl-C ends a watching command with 130', async () => {
  const cwd = await checkout('https://github.com/acme/app.git');
  const child = spawn(process.execPath, [COPPICE, 'status', '--watch'], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, ...alone(cwd) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([130, null]);
});

test('colours are for screens only', async () => {
  const cwd = await checkout('https://github.com/acme/app.git');
  const { stdout } = await coppice(['status'], { cwd, env: { ...alone(cwd), FORCE_COLOR: '1' } });
  expect(stdout).not.toContain('\u001b');
});

test('an older Node is told what is needed, in one line', async () => {
  const source = readFileSync(COPPICE, 'utf8');
  const cwd = temporaryDirectory();
  const old = join(cwd, 'old.mjs');
  writeFileSync(
    old,
    `const process = { versions: { node: '22.17.1' }, version: 'v22.17.1' };\n${source.replace(/^#!.*/, '')}\nglobalThis.process.exitCode = process.exitCode;`,
  );
  const { exitCode, stderr } = await execa(process.execPath, [old], { reject: false });
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: 'coppice: needs Node 22.18 or newer, and this is v22.17.1: see https://nodejs.org',
  });
});

test('a chat is served on standard input and output, and the program ends with it', async () => {
  const cwd = await checkout('https://github.com/acme/app.git');
  const env = { PATH: process.env.PATH ?? '', HOME: cwd, ...alone(cwd) };
  const transport = new StdioClientTransport({
    ...{ command: process.execPath, args: [COPPICE, 'mcp'], cwd, env },
  });
  const client = new Client({ name: 'chat', version: '1' });
  await client.connect(transport);
  const { pid } = transport;
  const { content } = await client.callTool({ name: 'show', arguments: { issue: 124 } });
  expect(JSON.stringify(content)).toContain('coppice up');
  await client.close();
  await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false);
});
