import { realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Confine } from '../agents/sandbox/confine.ts';
import { type AgentNeeds, NO_NEEDS } from '../agents/sandbox/needs.ts';
import { prepareSandbox } from '../agents/sandbox/prepare.ts';
import { loadConfig } from '../config/load.ts';
import type { SessionLocation } from '../domain/session/session.ts';
import { gitAccessOf } from '../git/private/access.ts';
import { createPrivateGit } from '../git/private/directory.ts';
import { sandboxGit } from '../git/private/sandbox.ts';
import { sessionBranchOfFile } from '../git/worktree/session-branch-of-file.ts';
import { linkedFiles } from '../git/worktree/untracked.ts';
import { type Home, privateHome } from '../state/home.ts';
import { listSessions } from '../state/session-store.ts';

export interface SandboxPorts {
  readonly home: Home;
  /** The worker's environment. It has the person's home, and the PATH with the sandbox's own programs. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Prepares the sandbox for programs in a session's worktree. coppice.yaml is read each time, so that a person
 * can change it when the session asks.
 * @returns undefined when programs run without a sandbox
 * @throws AgentUnavailable when a sandbox is required and this host has none
 */
export async function prepareSessionSandbox(
  { home, env }: SandboxPorts,
  location: SessionLocation,
  needs: AgentNeeds = NO_NEEDS,
): Promise<Confine | undefined> {
  const config = await loadConfig(location.checkout);
  const found = await createPrivateGit(location);
  const opened = await prepareSandbox(
    async () => {
      const { worktree } = found;
      const { sessions } = await listSessions(home);
      const others = sessions
        .flatMap(({ ownership }) => ownership?.location.worktree ?? [])
        .filter((path) => path !== location.worktree && path !== worktree);
      const root = realpathSync(home.root);
      return {
        ...{ worktree, git: gitAccessOf(found), hidden: [root, ...others] },
        home: join(root, privateHome(location.repository, location.issue)),
        linked: await linkedFiles(location.checkout, config.files),
        project: await ownProject(location.checkout),
      };
    },
    config,
    needs,
    env,
  );
  await sandboxGit(found, opened);
  return opened?.confine;
}

/** Files of a checkout in which package managers find settings for registries. */
const PROJECT_SETTINGS = ['.npmrc', '.yarnrc.yml'];

/** The checkout; undefined when such a file in it was committed by an agent. */
async function ownProject(checkout: string): Promise<string | undefined> {
  for (const name of PROJECT_SETTINGS) {
    const text = await readFile(join(checkout, name), 'utf8').catch(() => '');
    if (text !== '' && (await sessionBranchOfFile(checkout, name, text))) return undefined;
  }
  return checkout;
}
