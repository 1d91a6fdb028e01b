import { rm } from 'node:fs/promises';
import {
  type AgentSetup,
  installedAt,
  personsHome,
  REAL_AGENTS,
  scriptedAgent,
} from '../../test/support/agent-setup.ts';
import { startModelServer } from '../../test/support/model-server/index.ts';
import { sampleModel } from '../../test/support/sample/model.ts';
import { installPinned, PINNED } from '../agents/pinned.ts';

/** Who may work on the sample's issues. */
export const DEMO_AGENTS = ['scripted', 'claude', 'codex'] as const;
export type DemoAgent = (typeof DEMO_AGENTS)[number];

export const isDemoAgent = (name: string): name is DemoAgent =>
  (DEMO_AGENTS as readonly string[]).includes(name);

/** What is real, and what stands in. */
export function introduction(agent: DemoAgent): string {
  if (agent === 'scripted')
    return `Temporal, git, worktrees and processes are real. GitHub is an emulator on this machine, and a scripted agent stands in
for a model: nothing leaves this machine and nothing costs anything.`;
  const { name, version } = PINNED[agent];
  return `Temporal, git, worktrees, processes and the agent’s program are real: it is ${name} ${version}.
GitHub is an emulator on this machine, and a scripted model stands in for the agent’s own. The agent has a home of its own
and no login of yours: nothing leaves this machine and nothing costs anything, whatever it says that it spent.`;
}

/** An agent that can be started, with what it needs around it. */
export interface Actor {
  readonly setup: AgentSetup;
  /** The home it finds; as the environment has it when absent. */
  readonly person?: string;
  close(): Promise<void>;
}

/** Milliseconds the scripted agent "works" before each of its steps: long enough to be watched. */
const PACE = '300';

/** Installs a real agent where it is missing. @throws Error that says why it can't be had */
export async function engage(
  agent: DemoAgent,
  report: (line: string) => void,
  signal?: AbortSignal,
): Promise<Actor> {
  if (agent === 'scripted')
    return { setup: scriptedAgent({ SCRIPTED_AGENT_DELAY: PACE }), close: async () => {} };
  const program = await installPinned(agent, report, signal).catch((error: Error) => {
    throw new Error(`${PINNED[agent].name} can’t be installed here: ${error.message}`);
  });
  const person = personsHome();
  const server = await startModelServer(sampleModel);
  return {
    setup: installedAt(REAL_AGENTS[agent](server.url), program),
    person,
    async close() {
      await server.close();
      await rm(person, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
