import { existsSync, realpathSync } from 'node:fs';
import type { FilesystemConfig, NetworkConfig } from '@anthropic-ai/sandbox-runtime';
import type { Access } from '../../domain/settings/sandbox.ts';
import type { AgentNeeds } from './needs.ts';
import { fromHome } from './paths.ts';

/** The part of git's data that a sandboxed program writes. */
interface GitPlace {
  readonly common: string;
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** In it, what stays as it is. */
  readonly keep: readonly string[];
}

/** Where a sandboxed program works; absolute paths without symbolic links. */
export interface SandboxPlace {
  readonly worktree: string;
  /** What committing needs; absent where nothing can be committed. */
  readonly git?: GitPlace;
  /** The private home, which all programs of a session have. */
  readonly home: string;
  /** For its temporary files. */
  readonly temporary: string;
  /** A checkout whose tools' settings are the person's; absent where an agent may have written them. */
  readonly project?: string | undefined;
  /** Of what is opened, what stays closed: Coppice's own state, and worktrees of other sessions. */
  readonly hidden: readonly string[];
  /** What lies elsewhere and is used there: files to which links in the worktree lead. */
  readonly linked: readonly string[];
}

/** Settings of @anthropic-ai/sandbox-runtime. */
export interface SandboxSettings {
  readonly network: Pick<NetworkConfig, 'allowedDomains' | 'deniedDomains'>;
  readonly filesystem: FilesystemConfig;
}

/**
 * What is closed before anything is opened. On Linux that is all there is. On macOS programs need more of the system than
 * can be listed; what a person keeps, and other people's, is in these.
 */
const CLOSED: Readonly<Record<string, readonly string[]>> = {
  linux: ['/'],
  darwin: ['/Users', '/Volumes', '/private/tmp', '/private/var/tmp', '/private/var/folders'],
};

/**
 * What one program may do: write in its worktree, its home and what committing needs, read what its tools need, and reach
 * the hosts that are listed.
 * @param readable what is opened to be read
 * @param registries hosts of package registries
 * @param home the person's
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

/** The hosts that a program may reach beside package registries. */
export function hostsOf(access: Access, { hosts, login }: AgentNeeds): string[] {
  const isRenewed = login !== undefined && access.write.includes(login.file);
  return [...hosts, ...(isRenewed ? login.hosts : []), ...access.hosts];
}

/** A path that is there, without symbolic links on the way to it. */
export const real = (path: string): string => (existsSync(path) ? realpathSync(path) : path);
