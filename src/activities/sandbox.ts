import { realpathSync } from 'node:fs';
import type { Confine } from '../agents/sandbox/confine.ts';
import { type AgentNeeds, NO_NEEDS } from '../agents/sandbox/needs.ts';
import { openSandboxIn } from '../agents/sandbox/open.ts';
import { loadConfig } from '../config/load.ts';
import type { SessionLocation } from '../domain/session/session.ts';
import { gitDirectories } from '../git/remote/pointers.ts';
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
  location: SessionLocation,
  needs: AgentNeeds = NO_NEEDS,
): Promise<Confine | undefined> {
  return openSandboxIn(
    async () => {
      const { worktree, common, own } = await gitDirectories(location);
      const { sessions } = await listSessions(home);
      const others = sessions
        .flatMap(({ ownership }) => ownership?.location.worktree ?? [])
        .filter((path) => path !== location.worktree && path !== worktree);
      return { worktree, git: { common, own }, hidden: [realpathSync(home.root), ...others] };
    },
    await loadConfig(location.checkout),
    needs,
    env,
  );
}
