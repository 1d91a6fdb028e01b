import { rmSync } from 'node:fs';
import { installPinned, PINNED } from '../../scripts/agents/pinned.ts';
import { codex } from '../../src/agents/adapters/codex.ts';
import { type AgentSetup, installedAt, personsHome, REAL_AGENTS } from '../support/agent-setup.ts';
import { startModelServer } from '../support/model-server/index.ts';
import { type ObedientModel, obedientModel } from './obedient-model.ts';

/** By which adapter the obedient agent is started. */
export const ADAPTERS = ['command', 'claude', 'codex', 'acp'] as const;
export type Adapter = (typeof ADAPTERS)[number];

/** A real agent in the part of the one that obeys. */
export interface Cast {
  readonly agent: AgentSetup;
  /** The person's home, in which the agent's own files are. */
  readonly person: string;
  readonly model: ObedientModel;
  /** Variables of its own login, which it has inside the sandbox. */
  readonly login: readonly string[];
  close(): Promise<void>;
}

/** What is run for each adapter. */
const PROGRAM = { claude: 'claude', codex: 'codex', acp: 'claude-agent-acp' } as const;

export const programOf = (adapter: Adapter): string => {
  if (adapter === 'command') return 'a program of the tests';
  const { name, version } = PINNED[PROGRAM[adapter]];
  return `${name} ${version}`;
};

/** A real agent, with a model that obeys; undefined for the program of the tests, which obeys by itself. */
export async function castOf(
  adapter: Adapter,
  say: (line: string) => void,
): Promise<Cast | undefined> {
  if (adapter === 'command') return undefined;
  const program = await installPinned(PROGRAM[adapter], say);
  const model = obedientModel();
  const server = await startModelServer(model.scenario);
  const person = personsHome();
  return {
    agent: installedAt(setupOf(adapter, server.url), program),
    person,
    model,
    login: adapter === 'codex' ? codex.variables : [],
    async close() {
      await server.close();
      rmSync(person, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function setupOf(adapter: Exclude<Adapter, 'command'>, url: string): AgentSetup {
  if (adapter !== 'acp') return REAL_AGENTS[adapter](url);
  const { config, ...setup } = REAL_AGENTS.claude(url);
  const env = Object.keys(setup.env);
  const agent = { ...config.agent, adapter: 'acp' as const, command: [PROGRAM.acp], env };
  return { ...setup, config: { agent } };
}
