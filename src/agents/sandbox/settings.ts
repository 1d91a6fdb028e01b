import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { FilesystemConfig, NetworkConfig } from '@anthropic-ai/sandbox-runtime';
import type { Access } from '../../domain/settings/sandbox.ts';
import type { AgentNeeds } from './needs.ts';
import { fromHome } from './paths.ts';

/** Where a sandboxed program works; absolute paths without symbolic links. */
export interface SandboxPlace {
  readonly worktree: string;
  /** The git directory that all worktrees share, and this one's own in it; absent where nothing can be committed. */
  readonly git?: { readonly common: string; readonly own: string };
  /** The private home, which all programs of a session have. */
  readonly home: string;
  /** For its temporary files. */
  readonly temporary: string;
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
 * The part of the common git directory that committing needs. Its configuration, hooks, packed refs and stash are not
 * included.
 */
const SHARED = ['objects', 'logs', 'refs/heads'];

/** What is opened beside, where it is in use. */
const LFS = 'lfs';

/** Files that, if changed, would point git at another repository or give it another configuration. */
const POINTERS = ['commondir', 'gitdir', 'config.worktree'];

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
 * @param home the person's
 */
export function sandboxSettings(
  location: SandboxPlace,
  access: Access,
  needs: AgentNeeds,
  readable: readonly string[],
  home: string,
  platform: NodeJS.Platform = process.platform,
): SandboxSettings {
  const literal = (path: string) => ({ path: fromHome(path, home), literal: true as const });
  const { worktree, git, temporary, hidden } = location;
  return {
    network: {
      allowedDomains: hostsOf(access, needs),
      deniedDomains: [],
    },
    filesystem: {
      allowWrite: [
        worktree,
        ...(git ? [...shared(git.common), git.own] : []),
        location.home,
        temporary,
        ...access.write,
      ].map(literal),
      denyWrite: [
        ...(git ? [join(worktree, '.git'), ...POINTERS.map((name) => join(git.own, name))] : []),
      ].map(literal),
      denyRead: [...(CLOSED[platform] ?? []), ...access.hide, ...hidden].map(literal),
      allowRead: readable.map(literal),
    },
  };
}

/** The hosts that a program may reach. */
export function hostsOf(access: Access, { hosts, login }: AgentNeeds): string[] {
  const isRenewed = login !== undefined && access.write.includes(login.file);
  return [...hosts, ...(isRenewed ? login.hosts : []), ...access.hosts, ...access.registries];
}

const shared = (common: string): string[] => [
  ...SHARED.map((name) => join(common, name)),
  ...[join(common, LFS)].filter((path) => existsSync(path)),
];

/** A path that is there, without symbolic links on the way to it. */
export const real = (path: string): string => (existsSync(path) ? realpathSync(path) : path);
