import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import type { PinnedAgent } from '../../scripts/agents/pinned.ts';
import { prepareSessionSandbox } from '../../src/activities/sandbox.ts';
import { ADAPTERS } from '../../src/agents/adapters/index.ts';
import { agentNeeds } from '../../src/agents/sandbox/agents.ts';
import { marksOf } from '../../src/agents/turn/attempt.ts';
import { agentEnvironment } from '../../src/agents/turn/environment.ts';
import type { Turn, TurnEnding, TurnPorts } from '../../src/agents/turn/ports.ts';
import { driveTurn } from '../../src/agents/turn/turn.ts';
import type { ReportedOutcome } from '../../src/domain/session/turn.ts';
import { AgentSettings } from '../../src/domain/settings/agent-settings.ts';
import type { Access } from '../../src/domain/settings/sandbox.ts';
import { inspectWork } from '../../src/git/worktree/work.ts';
import { members } from '../../src/process/members.ts';
import { stopAll } from '../../src/process/stop.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { personsHome } from '../support/agent-setup.ts';
import { createRepository, run as git } from '../support/git-repository.ts';
import { startModelServer } from '../support/model-server/index.ts';
import type { Asked, Reply, Scenario } from '../support/model-server/scenario.ts';

/** How a real agent is led to the model server. */
export interface Contract {
  readonly agent: PinnedAgent | 'own';
  readonly settings: (program: string) => Readonly<Record<string, unknown>>;
  /** Variables it is given, as a person would set them. */
  readonly env: (url: string) => Readonly<Record<string, string>>;
  /** Whether it tries a broken stream again by itself for as long as its turn lasts. */
  readonly longPollActivities?: true;
  /** Whether it has no id for its conversation but Coppice's. */
  readonly anonymous?: true;
  /** How long one of its steps takes, in milliseconds, if it is a quick one. */
  readonly step?: number;
  /** What the model does to report an outcome. */
  readonly report: (outcome: ReportedOutcome) => (asked: Asked) => Reply;
  /** Files of the person's home, by path. */
  readonly home?: (url: string) => Readonly<Record<string, string>>;
  /** What the person lets it reach in the sandbox beyond what Coppice knows it needs. */
  readonly access?: (url: string) => Partial<Access>;
}

/** How a stage is set. */
interface Setting {
  /** Variables beyond the contract's. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the agent is in Coppice's sandbox. */
  readonly sandboxed?: boolean;
}

const PROGRAMS: Partial<Record<PinnedAgent, string>> = JSON.parse(
  process.env.COPPICE_CONTRACT_AGENTS ?? '{}',
);

/** A program of nobody's, such as a person may write. */
const OWN = fileURLToPath(new URL('own-agent.ts', import.meta.url));

export const programOf = (agent: Contract['agent']): string | undefined =>
  agent === 'own' ? OWN : PROGRAMS[agent];

let count = 0;

/** A worktree, a model that plays the scenario, and a real agent between them. */
export async function setStage(
  contract: Contract,
  scenario: Scenario,
  setting: Setting | ((home: string) => Setting) = {},
) {
  const server = await startModelServer(scenario);
  onTestFinished(() => server.close());
  const { root, checkout, location: placeOf } = createRepository();
  const location = placeOf(124);
  git(checkout, 'worktree', 'add', '--quiet', '-b', location.branch, location.worktree);
  const base = { branch: 'main', tip: git(checkout, 'rev-parse', 'HEAD') };
  const home = personsHome();
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  const { env = {}, sandboxed = false } = typeof setting === 'function' ? setting(home) : setting;
  const files = {
    '.gitconfig': '[user]\nname = Agent\nemail = agent@example.com\n[commit]\ngpgSign = false\n',
    ...contract.home?.(server.url),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  }
  mkdirSync(join(location.worktree, '.coppice'));
  writeFileSync(join(checkout, '.git', 'info', 'exclude'), '.coppice\n');

  const program = programOf(contract.agent) ?? '';
  const given = { ...contract.env(server.url), ...env };
  const settings = AgentSettings.parse({
    ...contract.settings(program),
    env: Object.keys(given),
  });
  const adapter = ADAPTERS[settings.adapter];
  const processEnv = { PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8', TZ: 'UTC', ...given };
  const state = coppiceHome({ COPPICE_HOME: join(root, 'state') });
  mkdirSync(state.root);
  const config = {
    sandbox: 'required',
    access: { registries: [], ...contract.access?.(server.url) },
  };
  writeFileSync(join(checkout, 'coppice.yaml'), stringify(config));
  const seen = agentEnvironment(processEnv, adapter, settings, 'origin');
  const sandbox = () =>
    prepareSessionSandbox({ home: state, env: processEnv }, location, agentNeeds(settings, seen));
  const ports: TurnPorts = {
    turns: state.turns,
    adapter,
    env: seen,
    ...(sandboxed && { sandbox }),
    prompt: async (again) => (again ? 'Go on.' : 'Say hello.'),
    onProgress: () => {},
    signal: new AbortController().signal,
    grace: 10_000,
  };
  const turn: Turn = {
    id: `contract.${process.pid}.${Date.now()}.${++count}`,
    kind: 'implement',
    worktree: location.worktree,
    checkout,
    git: {
      common: join(checkout, '.git'),
      own: git(location.worktree, 'rev-parse', '--absolute-git-dir'),
    },
    settings,
    conversation: crypto.randomUUID(),
    resume: false,
    timeout: 90,
    idleTimeout: 90,
  };
  return {
    server,
    turn,
    ports,
    root,
    home,
    worktree: location.worktree,
    checkout,
    run: (
      changes: Partial<Turn> = {},
      portChanges: Partial<TurnPorts> = {},
    ): Promise<TurnEnding> => {
      const one = { ...turn, ...changes };
      onTestFinished(() => stopAll(() => members({ COPPICE_TURN: one.id }), 0));
      return driveTurn(one, { ...ports, ...portChanges });
    },
    /** Runs the turn in a process of its own, which can be killed. */
    runElsewhere: () => {
      const { signal: _, prompt: __, onProgress: ___, adapter: ____, ...plain } = ports;
      const watcher = join(import.meta.dirname, '..', 'agents', 'watcher.ts');
      const child = spawn(process.execPath, [watcher, JSON.stringify({ turn, ports: plain })], {
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      onTestFinished(() => stopAll(() => members({ COPPICE_TURN: turn.id }), 0));
      onTestFinished(() => void child.kill('SIGKILL'));
      return child;
    },
    work: () => inspectWork(location, base),
    members: (attempt?: number) =>
      members(
        attempt === undefined
          ? { COPPICE_TURN: turn.id }
          : marksOf({ turnId: turn.id, number: attempt } as Parameters<typeof marksOf>[0]),
      ),
  };
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}
