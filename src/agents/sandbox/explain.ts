import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Access } from '../../domain/settings/sandbox.ts';
import type { AgentNeeds } from './needs.ts';
import { fromHome, isWithin } from './paths.ts';
import { readablePaths } from './readable-paths.ts';
import { type FoundRegistries, findRegistries } from './registries/registries.ts';
import { hostsOf, real } from './settings.ts';
import type { Readable } from './toolchain.ts';

/** What a program in the sandbox can use of this machine, beside its worktree. */
export interface SandboxResources {
  readonly read: readonly Readable[];
  readonly write: readonly string[];
  /** Paths below the readable ones that it may not read. */
  readonly closed: readonly string[];
  readonly hosts: readonly string[];
  readonly registries: readonly FoundRegistries[];
}

/**
 * Lists what a program in the sandbox can use.
 * @param home the person's home directory
 */
export async function explainSandbox(
  access: Access,
  needs: AgentNeeds,
  env: NodeJS.ProcessEnv,
  home: string,
  project: string | undefined,
): Promise<SandboxResources> {
  const person = real(home);
  const own = needs.directories.flatMap(({ from, shared }) =>
    (shared === 'all' ? [''] : shared).map((name) => join(fromHome(from, person), name)),
  );
  const read: Readable[] = [
    ...readablePaths(access, needs, env, person),
    ...own.filter((path) => existsSync(path)).map((path) => ({ path, why: 'agent' as const })),
  ];
  return {
    // A path inside another listed path is left out.
    read: read.filter(
      ({ path }, index) =>
        !read.some(
          (other, at) => isWithin(path, other.path) && (path !== other.path ? true : at < index),
        ),
    ),
    write: access.write.map((path) => fromHome(path, person)),
    closed: access.hide.map((path) => fromHome(path, person)),
    hosts: [...new Set(hostsOf(access, needs))],
    registries: await findRegistries(access.registries, { env, home: person, project }),
  };
}
