import { existsSync, realpathSync } from 'node:fs';
import type { FilesystemConfig, NetworkConfig } from '@anthropic-ai/sandbox-runtime';
import type { Access } from '../../domain/settings/sandbox.ts';
import type { AgentNeeds } from './needs.ts';
import { fromHome } from './paths.ts';

/** The git data that a program in the sandbox may read and write. */
interface GitPlace {
  readonly common: string;
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** Paths below `write` that it may not write. */
  readonly keep: readonly string[];
}

/** Where a program in the sandbox works. All are absolute paths without symbolic links. */
export interface SandboxPlace {
  readonly worktree: string;
  /** The git data that a commit needs; absent when the program can't commit. */
  readonly git?: GitPlace;
  /** The private home directory, which all programs of a session share. */
  readonly home: string;
  /** The directory for its temporary files. */
  readonly temporary: string;
  /** A checkout whose tools' settings are the person's; absent where an agent may have written them. */
  readonly project?: string | undefined;
  /**
   * Paths that stay closed even if they are inside a readable directory: Coppice's own state, and worktrees
   * of other sessions.
   */
  readonly hidden: readonly string[];
  /** Files outside the worktree to which links in the worktree lead. */
  readonly linked: readonly string[];
}

/** Settings of @anthropic-ai/sandbox-runtime. */
export interface SandboxSettings {
  readonly network: Pick<NetworkConfig, 'allowedDomains' | 'deniedDomains'>;
  readonly filesystem: FilesystemConfig;
}

/**
 * Paths that are closed before others are opened. On Linux that is everything. On macOS, programs need more
 * of the system than can be listed, so only directories with people's files are closed.
 */
const CLOSED: Readonly<Record<string, readonly string[]>> = {
  linux: ['/'],
  darwin: ['/Users', '/Volumes', '/private/tmp', '/private/var/tmp', '/private/var/folders'],
};

/**
 * Settings for one program. It may write in its worktree, its home and what a commit needs, read what its
 * tools need, and connect to the listed hosts.
 * @param readable paths that it may read
 * @param registries hosts of package registries
 * @param home the person's home directory
 */
export function sandboxSettings(
  location: SandboxPlace,
  access: Access,
  needs: AgentNeeds,
  readable: readonly string[],
  registries: readonly string[],
  home: string,
  platform: NodeJS.Platform = process.platform,
): SandboxSettings {
  const literal = (path: string) => ({ path: fromHome(path, home), literal: true as const });
  const { worktree, git, temporary, hidden } = location;
  return {
    network: {
      allowedDomains: [...new Set([...hostsOf(access, needs), ...registries])],
      deniedDomains: [],
    },
    filesystem: {
      allowWrite: [worktree, ...(git?.write ?? []), location.home, temporary, ...access.write].map(
        literal,
      ),
      denyWrite: (git?.keep ?? []).map(literal),
      denyRead: [...(CLOSED[platform] ?? []), ...access.hide, ...hidden].map(literal),
      allowRead: readable.map(literal),
    },
  };
}

/** The hosts to which a program may connect, beside package registries. */
export function hostsOf(access: Access, { hosts, login }: AgentNeeds): string[] {
  const isRenewed = login !== undefined && access.write.includes(login.file);
  return [...hosts, ...(isRenewed ? login.hosts : []), ...access.hosts];
}

/** The path without symbolic links; the path itself when it does not exist. */
export const real = (path: string): string => (existsSync(path) ? realpathSync(path) : path);
