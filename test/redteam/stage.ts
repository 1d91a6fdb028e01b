import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { z } from 'zod';
import { openCoppice } from '../../src/client/open.ts';
import type { Coppice } from '../../src/client/types.ts';
import type { Config } from '../../src/config/schema.ts';
import { down, serviceState, up } from '../../src/service/service.ts';
import { rememberRepository } from '../../src/state/repositories.ts';
import { findTemporalCli } from '../../src/temporal/cli.ts';
import type { AgentSetup } from '../support/agent-setup.ts';
import { createEnvironment, type Environment } from '../support/environment.ts';
import type { Attack } from './attack.ts';
import { GIVEN, type Planted, plantCanaries } from './canaries.ts';
import type { Cast } from './cast.ts';
import { type Listeners, startListeners } from './listeners.ts';
import { ORDERS, type Orders } from './orders.ts';
import { LIMITS } from './payloads/processes.ts';
import { issueWith, plantInRepository } from './plant.ts';
import { ASKER, VICTIM, WRITER } from './roles.ts';
import type { Looted } from './witnesses/loot.ts';

const AGENT = fileURLToPath(new URL('obedient-agent.ts', import.meta.url));

/** Coppice's own source. */
const SOURCE = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** A wall that is taken away, to see whether the checker notices. */
export const WALLS = ['sandbox', 'home', 'network'] as const;
type Wall = (typeof WALLS)[number];

export interface Stage {
  readonly environment: Environment;
  readonly coppice: Coppice;
  readonly attacks: readonly Attack[];
  readonly planted: Planted;
  readonly listeners: Listeners;
  readonly person: string;
  /** A directory of the person's among temporary files. */
  readonly temporary: string;
  readonly env: NodeJS.ProcessEnv;
  readonly workerPid: number;
  /** What a real agent's tools for files brought in. */
  readonly loot: readonly Looted[];
  close(keep: boolean): Promise<void>;
}

export interface StageOptions {
  readonly attacks: readonly Attack[];
  readonly without: readonly Wall[];
  /** Instead of the agent that obeys by itself. */
  readonly cast?: Cast | undefined;
}

const obedient = (): AgentSetup => ({
  config: { agent: { adapter: 'command', command: [process.execPath, AGENT] } },
  env: {},
});

/** Coppice is up, every canary is in its place, and every order stands where it is to be found. */
export async function setStage({ attacks: all, without, cast }: StageOptions): Promise<Stage> {
  const agent = cast?.agent ?? obedient();
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'coppice-redteam-')));
  const temporary = mkdtempSync(join(tmpdir(), 'redteam-'));
  const person = cast?.person ?? join(root, 'home');
  mkdirSync(person, { recursive: true });
  const listeners = await startListeners(join(root, 'ssh-agent'));
  const variables = [ORDERS, 'NODE', 'REDTEAM_AGENT', GIVEN];
  const { agent: settings, access, ...config } = agent.config;
  const own = { ...settings, env: [...(settings?.env ?? []), ...variables] };
  const orders = join(root, 'orders.json');
  const environment = await createEnvironment(root, {
    person,
    agent: { ...agent, config: { agent: own } as AgentSetup['config'] },
    issues: [...new Set([VICTIM, WRITER, ASKER, ...all.map(({ issue }) => issue)])].map((issue) =>
      issueWith(issue, all),
    ),
    config: { ...config, ...configured(listeners, person, without, access?.hosts, orders) },
  });
  const { checkout, emulator, home, repository } = environment;
  emulator.allow(repository, 'ada', 'write');
  await plantInRepository(emulator, repository, all);
  await execa({ cwd: checkout, env: environment.credentials })`git pull --quiet`;
  mkdirSync(home.root, { recursive: true, mode: 0o700 });
  const planted = plantCanaries({ person, checkout, state: home.root, temporary }, cast?.login);
  const env = {
    ...environment.env,
    ...agent.env,
    ...planted.env,
    ...{ [ORDERS]: orders, NODE: process.execPath, REDTEAM_AGENT: AGENT },
    SSH_AUTH_SOCK: join(root, 'ssh-agent'),
  };
  writeFileSync(orders, '{}');
  await rememberRepository(home, repository, checkout);
  await up({ env, home, report: () => undefined });
  const coppice = await openCoppice({ env, home });
  const state = serviceState(home);
  const workerPid = state?.pids.worker ?? 0;
  const addresses = {
    ...{ PERSON: person, CHECKOUT: checkout, STATE: home.root, SHARED_TEMPORARY: temporary },
    ...{ VICTIM: String(VICTIM), VICTIM_WORKTREE: join(root, `app-issue-${VICTIM}`) },
    VICTIM_GIT: join(checkout, '.git/coppice', `app-issue-${VICTIM}`, 'git'),
    VICTIM_HOME: join(home.sessions, repository, String(VICTIM), 'home'),
    ...{ WORKER_PID: String(workerPid), API: emulator.apiUrl, AGENT_SOCKET: env.SSH_AUTH_SOCK },
    API_HOST: new URL(emulator.apiUrl).host,
    ...{ WEB_PORT: String(listeners.webPort), DATAGRAM_PORT: String(listeners.datagramPort) },
    ...{ LISTED_PORT: String(listeners.listedPort), MACHINE: listeners.machine },
    TEMPORAL_PORT: new URL(`tcp://${state?.address}`).port,
    UI_PORT: new URL(state?.webUrl ?? 'http://127.0.0.1:1').port,
    TEMPORAL_CLI: await findTemporalCli({ env, home, report: () => undefined }),
    HOST_ID: readFileSync(join(home.root, 'host-id'), 'utf8').trim(),
  };
  const meanings = book(all, addresses);
  writeFileSync(orders, JSON.stringify(meanings));
  cast?.model.learn(meanings);
  return {
    ...{
      environment,
      coppice,
      attacks: all,
      loot: cast?.model.loot ?? [],
      planted,
      listeners,
      person,
      temporary,
      env,
      workerPid,
    },
    async close(keep) {
      await coppice.close();
      await down({ home, report: () => undefined });
      for (const { pid } of environment.processes()) process.kill(pid, 'SIGKILL');
      await environment.close();
      await listeners.close();
      if (keep) console.error(`redteam: ${root} is kept`);
      for (const directory of keep ? [] : [root, temporary])
        rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const configured = (
  { webPort, listedPort, machine }: Listeners,
  person: string,
  without: readonly Wall[],
  hosts: readonly string[] = [],
  orders: string,
): z.input<typeof Config> => ({
  sandbox: without.includes('sandbox') ? 'off' : 'required',
  access: {
    registries: [],
    limits: LIMITS,
    hosts: [
      ...hosts,
      `127.0.0.1:${listedPort}`,
      ...(without.includes('network') ? [`127.0.0.1:${webPort}`, `${machine}:${webPort}`] : []),
    ],
    // Checks run the agent's program too.
    read: [SOURCE, orders, ...(without.includes('home') ? [person] : [])],
    ...(without.includes('home') && { write: [person] }),
  },
  checks: ['sh check.sh'],
  policy: { planning: 'never', ask: 'github', review: 1_000 },
});

const book = (all: readonly Attack[], variables: Orders['variables']): Orders => ({
  orders: Object.fromEntries(
    all.map(({ id, issue, payload: { run, file, says, trap = false } }) => [
      id,
      {
        issue,
        ...(run !== undefined && { run }),
        ...(file && { file }),
        ...(says !== undefined && { says }),
        trap,
      },
    ]),
  ),
  variables,
});
