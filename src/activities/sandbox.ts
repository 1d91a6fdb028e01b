import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { type AgentNeeds, NO_NEEDS, sparedBy } from '../agents/sandbox/agents.ts';
import { sandboxAvailability } from '../agents/sandbox/availability.ts';
import { type Confine, confine, makeReady, temporaryIn } from '../agents/sandbox/confine.ts';
import { sandboxSettings } from '../agents/sandbox/settings.ts';
import { loadConfig } from '../config/load.ts';
import { CoppiceError } from '../domain/failure.ts';
import type { Place } from '../domain/session.ts';
import { gitDirectories } from '../git/pointers.ts';
import type { Home } from '../state/home.ts';
import { listSessions } from '../state/session-store.ts';

export interface SandboxPorts {
  readonly home: Home;
  /** Where the person's home is, and the sandbox's own programs are looked for. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * How programs run in a session's worktree, as coppice.yaml says now: a person who is asked can change it, and go on.
 * @returns undefined when they run without a sandbox
 * @throws AgentUnavailable when there must be one and this host has none
 */
export async function openSandbox(
  { home, env }: SandboxPorts,
  place: Place,
  needs: AgentNeeds = NO_NEEDS,
): Promise<Confine | undefined> {
  const { sandbox, access } = await loadConfig(place.checkout);
  if (sandbox === 'off') return undefined;
  const found = sandboxAvailability(env);
  if (!found.available && sandbox === 'required')
    throw new CoppiceError(
      'AgentUnavailable',
      `coppice.yaml requires a sandbox, and this host has none, since ${found.reason}: ${found.install}`,
    );
  if (!found.available) return undefined;
  const { worktree, common, own: gitDirectory } = await gitDirectories(place);
  const { sessions } = await listSessions(home);
  const others = sessions
    .flatMap(({ ownership }) => ownership?.place.worktree ?? [])
    .filter((path) => path !== place.worktree && path !== worktree);
  const person = env.HOME ?? homedir();
  makeReady(access, needs, person);
  return (own, argv) => {
    const where = { worktree, commonDirectory: common, gitDirectory, others };
    const settings = sandboxSettings(
      { ...where, temporary: temporaryIn(own), state: realpathSync(home.root) },
      access,
      needs,
      person,
    );
    return confine(own, { worktree, settings, spared: sparedBy(needs, person, common) }, argv);
  };
}
