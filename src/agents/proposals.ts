import { randomUUID } from 'node:crypto';
import { mkdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { wording } from '../config/wording.ts';
import type { AgentSettings } from '../domain/settings/agent-settings.ts';
import { CoppiceError } from '../domain/shared/failure.ts';
import { oneLine } from '../domain/shared/text.ts';
import { Proposals } from '../planning/rules/proposals.ts';
import { makeTemporary } from '../process/temporary.ts';
import { ADAPTERS } from './adapters/index.ts';
import { OWN, readOwnFile } from './adapters/report.ts';
import { agentNeeds } from './sandbox/agents.ts';
import { prepareConfine, type SandboxConfig } from './sandbox/prepare.ts';
import { agentEnvironment, isProgram } from './turn/environment.ts';
import { driveTurn } from './turn/turn.ts';

/** The largest proposals file, in bytes: enough for a thousand proposals with their reasons. */
const MAX_BYTES = 2 * 1024 * 1024;

const FILE = 'proposals.json';

/** How long an agent that is stopped may take to exit by itself, in milliseconds. */
const GRACE = 5_000;

export interface ProposalsInput {
  readonly agent: AgentSettings;
  readonly prompt: string;
  /** How long the agent may take, in seconds. */
  readonly timeout: number;
  readonly remote: string;
  readonly env: NodeJS.ProcessEnv;
  readonly config: SandboxConfig;
  /** Paths that it may not read in the sandbox: Coppice's state, and worktrees of sessions. */
  readonly hidden: readonly string[];
  /** Stops the agent when it is aborted with a `LeaveReason`. */
  readonly signal: AbortSignal;
  /** Writes the files of the code into an empty directory. */
  provide(directory: string): Promise<void>;
}

export interface ProposalsResult {
  readonly proposals: Proposals;
  readonly costUsd: number | undefined;
}

/**
 * Asks an agent for dependencies of a plan, in one turn that may only read, in the sandbox if coppice.yaml
 * has one. It works in a temporary copy of the code without a git directory.
 * @throws CoppiceError AgentUnavailable when the agent can't run, or its answer can't be used
 * @throws Detached when the signal is aborted
 */
export async function askForProposals(asked: ProposalsInput): Promise<ProposalsResult> {
  const { agent, prompt, timeout, remote, env, config, hidden, signal } = asked;
  const root = await realpath(makeTemporary('plan'));
  const [worktree, turns] = [join(root, 'code'), join(root, 'turns')];
  try {
    await mkdir(worktree);
    await asked.provide(worktree);
    const adapter = ADAPTERS[agent.adapter];
    const seen = agentEnvironment(env, adapter, agent, remote);
    const start = {
      kind: 'plan',
      conversation: randomUUID(),
      resume: false,
      settings: agent,
    } as const;
    const program = agent.command?.[0] ?? adapter.program;
    if (!isProgram(program, seen, worktree))
      throw unavailable(`there is no program ${program}: ${adapter.install}`);
    const { outcome, costUsd } = await driveTurn(
      {
        ...start,
        id: `plan.${randomUUID()}`,
        worktree,
        checkout: worktree,
        timeout,
        idleTimeout: timeout,
      },
      {
        ...{ turns, adapter, env: seen, signal, grace: GRACE },
        sandbox: () =>
          prepareConfine(
            async () => ({
              worktree,
              home: join(root, 'home'),
              hidden: [...hidden, turns],
              linked: [],
            }),
            config,
            agentNeeds(agent, seen),
            env,
          ),
        prompt: async () => prompt,
        onProgress: () => undefined,
      },
    );
    if (outcome.kind === 'failed')
      throw unavailable(`the agent failed: ${oneLine(outcome.reason)}`, outcome.tail);
    if (outcome.kind === 'unavailable')
      throw unavailable(
        `the model is unavailable: ${oneLine(outcome.reason)}; plan without --agent, or later`,
      );
    if (outcome.kind === 'usage-limited')
      throw unavailable('the agent’s usage limit is reached: plan without --agent, or later');
    return { proposals: read(worktree), costUsd };
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Only the file counts. How the turn ended otherwise is ignored. */
function read(worktree: string): Proposals {
  const found = readOwnFile(worktree, FILE, MAX_BYTES);
  const refuse = (problem: string) =>
    unavailable(
      `the agent’s proposals can’t be used: ${problem}; try again, or plan without --agent`,
    );
  if ('problem' in found) throw refuse(found.problem);
  let json: unknown;
  try {
    json = JSON.parse(found.text);
  } catch (error) {
    throw refuse(`${OWN}/${FILE} is not JSON: ${(error as Error).message}`);
  }
  const proposals = Proposals.safeParse(json, { error: wording });
  if (proposals.success) return proposals.data;
  throw refuse(oneLine(z.prettifyError(proposals.error), 500));
}

const unavailable = (message: string, details?: string): CoppiceError =>
  new CoppiceError('AgentUnavailable', message, details);
