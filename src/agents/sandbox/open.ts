import { homedir } from 'node:os';
import type { Access, SandboxMode } from '../../domain/settings/sandbox.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { sparedBy } from './agents.ts';
import { sandboxAvailability } from './availability.ts';
import { type Confine, confine, makeReady, temporaryIn } from './confine.ts';
import type { AgentNeeds } from './needs.ts';
import { type SandboxPlace, sandboxSettings } from './settings.ts';

/** Of coppice.yaml. */
export interface SandboxConfig {
  readonly sandbox: SandboxMode;
  readonly access: Access;
}

/**
 * How programs run in a place, as coppice.yaml has it. `env` says where the person's home is, and the sandbox's own
 * programs.
 * @returns undefined when they run without a sandbox
 * @throws AgentUnavailable when there must be one and this host has none
 */
export async function openSandboxIn(
  location: () => Promise<Omit<SandboxPlace, 'temporary'>>,
  { sandbox, access }: SandboxConfig,
  needs: AgentNeeds,
  env: NodeJS.ProcessEnv,
): Promise<Confine | undefined> {
  if (sandbox === 'off') return undefined;
  const found = sandboxAvailability(env);
  if (!found.available && sandbox === 'required')
    throw new CoppiceError(
      'AgentUnavailable',
      `coppice.yaml requires a sandbox, and this host has none, since ${found.reason}: ${found.install}`,
    );
  if (!found.available) return undefined;
  const where = await location();
  const home = env.HOME ?? homedir();
  makeReady(access, needs, home);
  const spared = sparedBy(needs, home, where.git?.common);
  return (own, argv) => {
    const settings = sandboxSettings(
      { ...where, temporary: temporaryIn(own) },
      access,
      needs,
      home,
    );
    return confine(own, { worktree: where.worktree, settings, spared }, argv);
  };
}
