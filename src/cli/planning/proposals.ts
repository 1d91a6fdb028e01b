import { existsSync, realpathSync } from 'node:fs';
import { planningPrompt } from '../../agents/prompt/planning-prompt.ts';
import { askForProposals } from '../../agents/proposals.ts';
import type { LeaveReason } from '../../agents/turn/ports.ts';
import { Detached } from '../../agents/turn/ports.ts';
import { exportCommit } from '../../git/read/export.ts';
import { NO_PROPOSALS, type Proposals } from '../../planning/rules/proposals.ts';
import type { Home } from '../../state/home.ts';
import { listSessions } from '../../state/session-store.ts';
import type { Context } from '../context.ts';
import { Interrupted } from '../errors.ts';
import { startingCommit } from './codebase.ts';
import type { ProposalsRequest } from './proposals-request.ts';

/** Has the configured agent read issues and code; Ctrl-C stops it. @throws Interrupted, CoppiceError */
export async function proposalsOfAgent(
  { env, terminal, home }: Pick<Context, 'env' | 'terminal' | 'home'>,
  request: ProposalsRequest,
): Promise<Proposals> {
  const { repository, checkout, remote, agent, config, timeout, survey } = request;
  const commit = await startingCommit(request);
  if (commit === undefined) return NO_PROPOSALS;
  const leaving = new AbortController();
  const leave = () => leaving.abort('cancelled' satisfies LeaveReason);
  terminal.takeInterrupts();
  for (const signal of SIGNALS) process.once(signal, leave);
  terminal.err(`coppice: asking the agent (${agent.adapter}), which may take some minutes`);
  try {
    const { proposals, costUsd } = await askForProposals({
      ...{ agent, config, timeout, remote, env, signal: leaving.signal },
      hidden: await notForAgents(home),
      prompt: await planningPrompt(repository, survey),
      provide: (directory) => exportCommit(checkout, commit, directory),
    });
    if (costUsd !== undefined) terminal.err(`coppice: that cost $${costUsd.toFixed(2)}`);
    return proposals;
  } catch (error) {
    throw error instanceof Detached ? new Interrupted() : error;
  } finally {
    for (const signal of SIGNALS) process.removeListener(signal, leave);
  }
}

async function notForAgents(home: Home): Promise<string[]> {
  const { sessions } = await listSessions(home);
  return [
    ...(existsSync(home.root) ? [realpathSync(home.root)] : []),
    ...sessions.flatMap(({ ownership }) => ownership?.location.worktree ?? []),
  ];
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
