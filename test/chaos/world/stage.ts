import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { CONFIG_FILE } from '../../../src/config/schema.ts';
import { RepositoryName } from '../../../src/domain/shared/repository.ts';
import { members } from '../../../src/process/members.ts';
import { down, type ServiceState, serviceState, up } from '../../../src/service/service.ts';
import { coppiceHome, type Home } from '../../../src/state/home.ts';
import { rememberRepository } from '../../../src/state/repositories.ts';
import { findTemporalCli } from '../../../src/temporal/cli.ts';
import { type AgentSetup, scriptedAgent } from '../../support/agent-setup.ts';
import { gitCredentials, inheritedVariables } from '../../support/environment.ts';
import { createSampleRepository } from '../../support/sample/repository.ts';
import type { Script } from '../../support/scripted-agent/script.ts';
import { type FaultyProxy, startProxy } from '../faults/proxy.ts';
import { type GitHub, startGitHub } from './github.ts';
import { playOf, type WorldIssue } from './issues.ts';

/** Everything around one run, in one directory and on loopback. */
export interface Stage {
  readonly root: string;
  readonly repository: RepositoryName;
  readonly issues: readonly WorldIssue[];
  readonly github: GitHub;
  readonly proxy: FaultyProxy;
  readonly checkout: string;
  /** The person's home: it is in the environment of every process of Coppice's, and of no other. */
  readonly person: string;
  readonly home: Home;
  readonly env: Readonly<Record<string, string>>;
  /** Where Coppice's processes make temporary files. */
  readonly temporary: string;
  /** Written by agents, by the emulator, and by the notifications' channel. */
  readonly logs: { readonly agents: string; readonly github: string; readonly told: string };
  /** File that names the point at which a process is to stop; see src/process/stop-points.ts. */
  readonly stopPoint: string;
  readonly temporalCli: string;
  /** Pids of every process of Coppice's, its server and its agents. */
  processes(): number[];
  up(): Promise<void>;
  down(): Promise<void>;
  /** Ends everything that is left. */
  close(keep: boolean): Promise<void>;
}

/** The people beside the one whose checkout it is. */
export const REVIEWER = 'robin';

/** Checks fail while an agent's change says so. */
const CI = {
  name: 'test',
  command: ['sh', '-c', 'test -z "$(ls work/*/broken 2>/dev/null)"'],
} as const;

/** Milliseconds that an agent takes for each of its steps, so that faults find it at work. */
const PACE = '400';

/** @param agent another agent that follows the same script; the scripted one when absent */
export async function setStage(issues: readonly WorldIssue[], agent?: AgentSetup): Promise<Stage> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'coppice-chaos-')));
  const at = (name: string): string => join(root, name);
  const [person, temporary, checkout] = [at('home'), at('tmp'), at('app')];
  for (const directory of [person, temporary, at('logs')]) await mkdir(directory);
  const logs = {
    agents: at('logs/agents.jsonl'),
    github: at('logs/github.jsonl'),
    told: at('logs/told.jsonl'),
  };
  const script: Script = Object.fromEntries(issues.map((issue) => [issue.number, playOf(issue)]));
  await writeFile(at('script.json'), JSON.stringify(script));
  await createSampleRepository(at('sample'));
  const repository = RepositoryName.parse('acme/app');
  const token = 'emulated-chaos';
  const proxy = await startProxy();
  const github = await startGitHub({
    ...{ root: at('github'), token, origin: proxy.url, log: logs.github, repository, ci: CI },
    ...{ from: at('sample'), people: [REVIEWER] },
    issues: issues.map(({ number, title }) => ({ number, title, body: `${title}.` })),
  });
  proxy.connectTo(github.url);
  const setup =
    agent ??
    scriptedAgent({
      SCRIPTED_AGENT_SCRIPT: at('script.json'),
      SCRIPTED_AGENT_DIARY: logs.agents,
      SCRIPTED_AGENT_DELAY: PACE,
    });
  const env = {
    ...inheritedVariables(),
    ...{ HOME: person, TMPDIR: temporary, COPPICE_HOME: at('state') },
    ...{ COPPICE_CACHE: coppiceHome().cache, COPPICE_TEMPORAL_PORT: '0', COPPICE_UI_PORT: '0' },
    ...{ COPPICE_POLL_SECONDS: '1', GITHUB_API_URL: proxy.url, GITHUB_TOKEN: token },
    COPPICE_TEST_STOP_POINT: at('stop-point'),
    ...setup.env,
  };
  const home = coppiceHome(env);
  const cloneEnv = gitCredentials(proxy.url, token);
  await execa({ env: cloneEnv })`git clone --quiet ${proxy.url}/${repository}.git ${checkout}`;
  await writeFile(join(checkout, CONFIG_FILE), stringify(configured(repository, setup, logs.told)));
  await rememberRepository(home, repository, checkout);
  const silently = { env, home, report: () => undefined };
  const processes = (): number[] => members({ HOME: person }).map(({ pid }) => pid);
  return {
    ...{ root, repository, issues, github, proxy, checkout, person, home, env, temporary, logs },
    stopPoint: env.COPPICE_TEST_STOP_POINT,
    temporalCli: await findTemporalCli(silently),
    processes,
    up: async () => void (await up(silently)),
    down: async () => void (await down(silently)),
    async close(keep) {
      for (const pid of processes()) process.kill(pid, 'SIGKILL');
      await proxy.close();
      if (!keep) await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** The service's processes, as far as they run. */
export const serviceParts = ({ home }: Stage): Partial<ServiceState['pids']> =>
  serviceState(home)?.pids ?? {};

const configured = (repository: RepositoryName, { config }: AgentSetup, told: string) => ({
  repository,
  ...config,
  // Agents write their diary outside of their worktrees.
  sandbox: 'off',
  access: { registries: [] },
  policy: { planning: 'caution', review: 1_000 },
  pullRequests: { debounce: 1, settle: 6, pendingLimit: 25, reopen: 10, reviewers: [REVIEWER] },
  notify: {
    desktop: false,
    channels: { log: { type: 'command', command: ['sh', '-c', TAKE, 'take', told] } },
  },
});

/** One message is one line, written in one go. */
const TAKE = 'message=$(cat) && printf "%s\\n" "$message" >>"$1"';
