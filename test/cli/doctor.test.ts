import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { ADAPTERS } from '../../src/agents/adapters/index.ts';
import type { AgentEntry } from '../../src/agents/inventory.ts';
import type { Check } from '../../src/cli/doctor/check.ts';
import { checkBase, checkNoAccess, checkToken } from '../../src/cli/doctor/github.ts';
import {
  checkAgent,
  checkGit,
  checkLogin,
  checkNode,
  checkSandbox,
  checkTemporal,
} from '../../src/cli/doctor/programs.ts';
import { checkService, checkWorkflows } from '../../src/cli/doctor/service.ts';
import { checkSigning } from '../../src/cli/doctor/signing.ts';
import { readSigning } from '../../src/cli/preflight/signing.ts';
import { Limits } from '../../src/domain/settings/sandbox.ts';
import { CoppiceError } from '../../src/domain/shared/failure.ts';
import { RateLimited, Unreachable } from '../../src/github/api/errors.ts';
import { runForReal } from '../support/cli.ts';
import { run as git } from '../support/git-repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { board, session } from './records.ts';

const main = { defaultBranch: 'main', isProtected: true };
const claude: AgentEntry = {
  ...{ adapter: 'claude', configured: true, program: 'claude', version: '2.1.330' },
  ...{ installed: true, abilities: ADAPTERS.claude.abilities },
};
const limits = Limits.parse({});
const writer = { push: true, admin: false };

test.each([
  [checkNode('24.1.0'), 'fine', ''],
  [checkNode('22.4.0'), 'bad', 'install Node.js 22.18'],
  [checkGit('git version 2.39.5 (Apple Git-154)'), 'fine', ''],
  [checkGit('git version 2.9.1'), 'bad', 'install git'],
  [checkGit(undefined), 'bad', 'install git'],
  [checkTemporal({ path: '/opt/temporal' }), 'fine', ''],
  [checkTemporal({ failed: 'none on PATH' }), 'warning', 'coppice up fetches one'],
  [checkSandbox('off', { available: true }, limits), 'warning', 'take that line out'],
  [
    checkSandbox('auto', { available: false, reason: 'x', install: 'get it' }, limits),
    'warning',
    'get it',
  ],
  [
    checkSandbox('required', { available: false, reason: 'x', install: 'get it' }, limits),
    'bad',
    'get it',
  ],
  [checkAgent({ ...claude, problem: 'there is no program claude' }), 'bad', 'coppice agents'],
  [checkAgent({ ...claude, loggedIn: false }), 'warning', 'log in'],
  [checkAgent({ ...claude, loggedIn: true }), 'fine', ''],
  [checkAgent(claude), 'fine', ''],
  [checkLogin('~/.claude/.credentials.json'), 'warning', 'claude setup-token'],
  [checkLogin('~/.codex/auth.json'), 'warning', 'access.write'],
  [checkToken({ ...main, permissions: { push: false, admin: false } }), 'bad', 'write access'],
  [checkToken({ ...main, permissions: writer, scopes: ['gist'] }), 'bad', '--scopes repo'],
  [checkToken({ ...main, permissions: { push: true, admin: true } }), 'warning', 'fine-grained'],
  [checkToken({ ...main, permissions: writer, scopes: ['repo'] }), 'warning', 'fine-grained'],
  [checkToken({ ...main, permissions: writer }), 'fine', ''],
  [checkNoAccess(new CoppiceError('Unauthorized', 'no')), 'bad', 'gh auth login'],
  [checkNoAccess(new Unreachable('https://api.github.com', 'no')), 'bad', 'HTTPS_PROXY'],
  [checkNoAccess(new Error('it answered 500')), 'bad', 'wait'],
  [checkNoAccess(new RateLimited(new Date(0))), 'warning', 'waits'],
  [checkBase('main', { ...main, isProtected: false }), 'warning', 'Rulesets'],
] as const)('%j is %s', (check: Check, verdict, advice) => {
  expect(check.ok ? (check.warning ? 'warning' : 'fine') : 'bad').toBe(verdict);
  expect(check.advice).toContain(advice);
});

/** GitHub, as far as the doctor asks it. */
async function gitHub(permissions: object): Promise<string> {
  const server = createServer(({ url }, response) => {
    response.setHeader('content-type', 'application/json');
    response.setHeader('x-oauth-scopes', 'repo, read:org');
    if (url?.includes('/rules/')) response.end('[]');
    else if (url?.endsWith('/branches/main')) response.end(JSON.stringify({ protected: false }));
    else response.end(JSON.stringify({ default_branch: 'main', permissions }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('everything is looked at, whatever is wrong with the rest, and the token is not shown', async () => {
  const root = temporaryDirectory('doctor');
  const bin = join(root, 'bin');
  mkdirSync(bin);
  const { stdout: path } = await execa('which', ['git']);
  symlinkSync(path, join(bin, 'git'));
  git(root, 'init', '--quiet', 'app');
  const checkout = join(root, 'app');
  writeFileSync(join(checkout, 'coppice.yaml'), 'repository: acme/app\n');
  const GITHUB_API_URL = await gitHub({ push: true, admin: true });
  const env = { PATH: bin, HOME: root, GITHUB_API_URL, GITHUB_TOKEN: 'a-secret-token' };
  const ran = await runForReal(['doctor', '--json'], { cwd: checkout, env });
  const checks = JSON.parse(ran.stdout) as Check[];
  const verdicts = checks.map(
    ({ name, ok, warning }) => `${name} ${ok ? (warning ? '!' : '+') : '-'}`,
  );
  expect(verdicts.filter((verdict) => !verdict.startsWith('Temporal'))).toEqual([
    ...['Node.js +', 'git +', 'coppice.yaml +', 'sandbox -', 'agent -', 'GitHub token !'],
    'base branch !',
  ]);
  expect(ran.exitCode).toBe(1);
  expect(ran.stdout).not.toContain('a-secret-token');
  expect(checks.find(({ name }) => name === 'agent')?.found).toContain('npm install -g');

  writeFileSync(join(checkout, 'coppice.yaml'), 'workers: many\n');
  const plain = await runForReal(['doctor'], { cwd: checkout, env });
  expect(plain.stdout).toMatch(/✗ coppice.yaml: .*workers/);
  expect(plain.stdout).toMatch(/✓ git: \d/);
  expect(plain.stdout).not.toContain('init writes one');

  writeFileSync(
    join(checkout, 'coppice.yaml'),
    'repository: acme/app\nworkers: many\nwrokers: 3\n',
  );
  const several = await runForReal(['doctor'], { cwd: checkout, env });
  expect(several.stdout).toMatch(
    /✗ coppice.yaml: .* has 2 problems\n +.*yaml:2:10: workers: .*\n +.*yaml:3:1: wrokers: unknown key/,
  );
  const status = await runForReal(['status'], { cwd: checkout, env });
  expect(status).toMatchObject({ exitCode: 0 });
  expect(status.stderr).toContain('coppice.yaml has 2 problems (coppice doctor lists');

  writeFileSync(join(checkout, 'coppice.yaml'), 'repository: acme/app\nwrokers: 3\n');
  const one = await runForReal(['status'], { cwd: checkout, env });
  expect(one.stderr).toMatch(
    /^coppice: .*yaml:2:1: wrokers: unknown key; did you mean workers\?$/m,
  );

  rmSync(join(checkout, 'coppice.yaml'));
  writeFileSync(join(checkout, 'coppice.yml'), 'repository: acme/app\n');
  const misnamed = await runForReal(['doctor'], { cwd: checkout, env });
  expect(misnamed.stdout).toMatch(/✗ coppice.yaml: .*coppice.yml is not read .*: rename it/);
  expect(misnamed.stderr).not.toContain('is not read');
  rmSync(join(checkout, 'coppice.yml'));
  git(checkout, 'remote', 'add', 'origin', 'https://github.com/acme/app.git');
  const without = await runForReal(['doctor'], { cwd: checkout, env });
  expect(without.stdout).toMatch(/✓ coppice.yaml: there is none, .*acme\/app\n +coppice init/);

  const loggedOut = await runForReal(['doctor'], {
    cwd: checkout,
    env: { ...env, GITHUB_TOKEN: '' },
  });
  expect(loggedOut.stdout.match(/No token/g)).toHaveLength(1);
});

test('how commits are signed is told to who signs them, and what keeps them from it with what to do', async () => {
  const root = temporaryDirectory('doctor');
  git(root, 'init', '--quiet', 'app');
  const checkout = join(root, 'app');
  const look = async () => checkSigning(await readSigning(checkout));
  expect(await look()).toEqual([]);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(root, 'key')]);
  git(checkout, 'config', 'commit.gpgSign', 'true');
  git(checkout, 'config', 'gpg.format', 'ssh');
  git(checkout, 'config', 'user.signingKey', join(root, 'key.pub'));
  const found =
    'you sign your commits (ssh): agents commit unsigned, and Coppice signs with your key';
  expect(await look()).toEqual([
    expect.objectContaining({ ok: true, warning: false, found: expect.stringContaining(found) }),
  ]);
  rmSync(join(root, 'key'));
  rmSync(join(root, 'key.pub'));
  expect(await look()).toEqual([
    expect.objectContaining({
      ...{ name: 'signing', ok: true, warning: true },
      found: expect.stringMatching(/could not be signed.*key\.pub/),
      advice: 'unlock the key for the service, or sign no commits here',
    }),
  ]);
  git(checkout, 'config', 'gpg.format', 'openpgp');
  git(checkout, 'config', 'gpg.program', join(root, 'no-gpg'));
  expect((await look())[0]?.found).toMatch(/could not be signed.*no-gpg/);
});

test('what the service has otherwise is a warning, a login that is no good keeps it from working', () => {
  expect(checkService({ problems: [], notes: [] })).toMatchObject({ ok: true, warning: false });
  expect(checkService({ problems: [], notes: ['another HOME'] })).toMatchObject({
    ...{ ok: true, warning: true, found: 'another HOME' },
  });
  expect(checkService({ problems: ['no login'], notes: ['another HOME'] })).toMatchObject({
    ...{ ok: false, found: 'no login\nanother HOME' },
  });
});

test('a workflow whose task fails is told with what it failed with, and one without an answer is too', () => {
  const unresponsive = { cause: 'its workflow task fails: x', advice: 'reset it' } as const;
  const found = checkWorkflows(
    board([{ ...session(1), unresponsive: { why: 'task-fails', ...unresponsive } }, session(2)], {
      unresponsiveRuns: [
        { name: 'r', workflowId: 'coppice/acme/app/runs/r', why: 'no-response', ...unresponsive },
      ],
    }),
  );
  expect(found).toEqual([
    expect.objectContaining({
      name: expect.stringMatching(/^workflow coppice\/acme\/app\/issues\/\d+$/),
      ...{ ok: false, found: 'its workflow task fails: x', advice: 'reset it' },
    }),
    expect.objectContaining({ name: 'workflow coppice/acme/app/runs/r', ok: true, warning: true }),
  ]);
});
