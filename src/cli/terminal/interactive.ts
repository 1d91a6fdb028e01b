import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { prepareSessionSandbox } from '../../activities/sandbox.ts';
import { interactiveAdapter, marksOfAttachment } from '../../agents/interactive.ts';
import { agentNeeds } from '../../agents/sandbox/agents.ts';
import { agentEnvironment, isProgram } from '../../agents/turn/environment.ts';
import { asOccupant, ifStillOccupant, marksOfAgentIn } from '../../agents/turn/occupancy.ts';
import type { Attached } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { checkGitFile, gitDirectories } from '../../git/worktree/git-file.ts';
import { identify } from '../../process/identity.ts';
import { members } from '../../process/members.ts';
import { stopAll } from '../../process/stop.ts';
import type { Home } from '../../state/home.ts';
import { portRange, portVariables } from '../../state/port-ranges.ts';

export interface Opening extends Attached {
  /** Of the attachment. */
  readonly id: string;
}

/** Milliseconds that what an earlier terminal left has to end by itself. */
const GRACE = 5_000;

/** Ends what runs for an attachment whose terminal is gone. */
export const endLeftover = (id: string): Promise<void> =>
  stopAll(() => members(marksOfAttachment(id)), GRACE);

/**
 * Opens a session's agent in this terminal, with the environment and in the sandbox that its turns have.
 * @returns its exit code
 * @throws AgentUnavailable, WorktreeLost
 */
export async function openAgent(
  { home, env }: { readonly home: Home; readonly env: NodeJS.ProcessEnv },
  { id, location, conversation, agent, kind }: Opening,
): Promise<number> {
  const adapter = interactiveAdapter(agent.adapter);
  const seen = {
    ...agentEnvironment(env, adapter, agent, location.remote),
    ...portVariables(await portRange(home, location)),
    ...marksOfAttachment(id),
    ...marksOfAgentIn(location.worktree),
  };
  const holder = identify(process.pid);
  if (!holder) throw new Error('this process has no identity');
  await checkGitFile(location);
  const confine = await prepareSessionSandbox({ home, env }, location, agentNeeds(agent, seen));
  const git = await gitDirectories(location);
  const { worktree, checkout } = location;
  const command = adapter.interactive({
    ...{ kind, worktree, checkout, git, conversation, resume: true, settings: agent },
    sandboxed: confine !== undefined,
  });
  if (!isProgram(command.program, seen, worktree))
    throw new CoppiceError(
      'AgentUnavailable',
      `there is no program ${command.program}: ${adapter.install}`,
    );
  const own = join(home.root, 'attached', id);
  const occupant = { kind: 'terminal', id, holder } as const;
  const where = { turns: home.turns, worktree, grace: GRACE };
  mkdirSync(own, { recursive: true, mode: 0o700 });
  try {
    const agentLine = [command.program, ...command.args];
    const argv = ifStillOccupant(occupant, where, confine?.(own, agentLine) ?? agentLine);
    return await asOccupant(occupant, where, () =>
      inTerminal(argv, worktree, { ...seen, ...command.env }),
    );
  } finally {
    rmSync(own, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Signals that a terminal sends to every process in it. The agent handles them, while this process waits for it. */
const ITS_OWN = ['SIGINT', 'SIGQUIT'] as const;
/** Signals that are meant for this process. The agent must end too. */
const OURS = ['SIGTERM', 'SIGHUP'] as const;

async function inTerminal(
  [program = '', ...args]: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const child = spawn(program, args, { cwd, env, stdio: 'inherit' });
  const ignore = () => {};
  const pass = (signal: NodeJS.Signals) => void child.kill(signal);
  for (const signal of ITS_OWN) process.on(signal, ignore);
  for (const signal of OURS) process.on(signal, pass);
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + constants.signals[signal ?? 'SIGKILL'];
  } finally {
    for (const signal of ITS_OWN) process.off(signal, ignore);
    for (const signal of OURS) process.off(signal, pass);
  }
}
