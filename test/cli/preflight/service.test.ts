import { expect, test } from 'vitest';
import { Config } from '../../../src/config/schema.ts';
import { describeWorker, type Login } from '../../../src/state/worker-record.ts';
import { runInProcess } from '../../support/cli.ts';
import { expectClear, world } from '../world.ts';

const HERE = {
  ...{ PATH: '/usr/bin', HOME: '/home/alice', GITHUB_TOKEN: 'ghp_0123456789' },
  ...{ HTTPS_PROXY: 'http://proxy:3128', NPM_TOKEN: 'npm_0123456789' },
};

const ACCEPTED: Login = { accepted: true, login: 'alice', problem: null };

/** Runs a command in a terminal with `HERE`, beside a service that was started with another environment. */
async function beside(
  command: readonly string[],
  its: NodeJS.ProcessEnv,
  {
    github = ACCEPTED,
    missing,
    pid = 1,
    env = HERE,
  }: { github?: Login; missing?: string; pid?: number; env?: NodeJS.ProcessEnv } = {},
) {
  const { services, asked } = world({ config: Config.parse({ hooks: { env: ['NPM_TOKEN'] } }) });
  const record = { ...describeWorker({ pid, started: 'now' }, its), github };
  expect(JSON.stringify(record)).not.toMatch(/ghp_|npm_|proxy:3128/);
  Object.assign(services, {
    workerRecord: async () => record,
    missingAgent: async (_: unknown, { PATH }: NodeJS.ProcessEnv) =>
      PATH === '/bin' ? missing : undefined,
  });
  return { ...(await runInProcess(command, { services, env })), runs: asked.runs.length };
}

const SAME = {
  ...HERE,
  ...{ https_proxy: HERE.HTTPS_PROXY, no_proxy: 'localhost,127.0.0.1,::1' },
  COPPICE_HOME: '/state',
};

test('nothing is said of a service whose environment is the terminal’s', async () => {
  expect(await beside(['run', '11'], SAME)).toMatchObject({ exitCode: 0, stderr: '', runs: 1 });
});

test('a run is refused whose service has no good login, and status and show say so too', async () => {
  const problem = 'GitHub does not accept the token (401): run `gh auth login`';
  const refused = { accepted: false, login: null, problem };
  const its = { ...SAME, GITHUB_TOKEN: 'ghp_expired' };
  const ran = await beside(['run', '11'], its, { github: refused });
  expectClear(
    ran,
    1,
    /login is not valid: GitHub does not accept the token \(401\)\. .*coppice down && coppice up/,
  );
  expect(ran.runs).toBe(0);
  for (const command of [['status'], ['show', '11']])
    expect((await beside(command, its, { github: refused })).stderr).toContain(
      'coppice down && coppice up',
    );
  expect((await beside(['status'], its, { github: refused, pid: 2 })).stderr).toBe('');
});

test('a terminal without a token is not told to take the one of the service away', async () => {
  const { stderr } = await beside(['run', '11'], SAME, { env: { ...HERE, GITHUB_TOKEN: '' } });
  expect(stderr).toMatch(/token that this terminal does not have.*: set it here before/);
  expect(stderr).not.toContain('gives it this terminal’s');
});

test('what else is another in the service is told, with what mends it, and keeps no run from starting', async () => {
  const its = {
    ...{ PATH: '/bin', HOME: '/root', GITHUB_TOKEN: 'ghp_of-another', TMPDIR: '/tmp/gone' },
  };
  const { stderr, exitCode, runs } = await beside(['run', '11'], its, {
    missing: 'its service finds no program claude',
    github: { ...ACCEPTED, login: 'octo-bot' },
  });
  expect({ exitCode, runs }).toEqual({ exitCode: 0, runs: 1 });
  expect(stderr.trim().split('\n')).toEqual([
    'coppice: its service finds no program claude',
    expect.stringMatching(/another GitHub token than this terminal's, as octo-bot: coppice down/),
    expect.stringMatching(
      /started with another https_proxy, no_proxy, HOME, TMPDIR, NPM_TOKEN: coppice down && coppice up/,
    ),
  ]);
});
