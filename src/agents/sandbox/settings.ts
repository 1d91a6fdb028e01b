import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FilesystemConfig, NetworkConfig } from '@anthropic-ai/sandbox-runtime';
import type { Access } from '../../domain/settings/sandbox.ts';
import type { AgentNeeds } from './needs.ts';

/** Where a sandboxed program works; absolute paths without symbolic links. */
export interface SandboxPlace {
  readonly worktree: string;
  /** The git directory that all worktrees share, and this one's own in it; absent where nothing can be committed. */
  readonly git?: { readonly common: string; readonly own: string };
  /** For its temporary files. */
  readonly temporary: string;
  /** Coppice's own state, and worktrees of other sessions. */
  readonly hidden: readonly string[];
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

/** Where credentials are, in a person's home. */
const CREDENTIALS = [
  ...['.ssh', '.gnupg', '.netrc', '.git-credentials', '.config/git/credentials', '.config/gh'],
  ...['.aws', '.azure', '.config/gcloud', '.kube', '.docker/config.json', '.config/op', '.npmrc'],
  ...[
    '.pypirc',
    '.cargo/credentials',
    '.cargo/credentials.toml',
    '.gem/credentials',
    '.terraform.d',
  ],
  ...[
    '.password-store',
    '.local/share/keyrings',
    '.config/hub',
    '.config/glab-cli',
    '.vault-token',
  ],
  ...[
    '.mozilla',
    '.config/google-chrome',
    '.config/chromium',
    '.config/BraveSoftware',
    '.config/temporalio',
  ],
  ...['Library/Keychains', 'Library/Cookies', 'Library/Application Support/Google/Chrome'],
  ...['Library/Application Support/Firefox', 'Library/Safari'],
];

/**
 * What one program may do: write in its worktree and what committing there needs, read what is not secret, and reach
 * the hosts that are listed.
 */
export function sandboxSettings(
  location: SandboxPlace,
  access: Access,
  needs: AgentNeeds,
  home: string,
): SandboxSettings {
  const literal = (path: string) => ({ path: fromHome(path, home), literal: true as const });
  const { worktree, git, temporary, hidden } = location;
  return {
    network: {
      allowedDomains: [...needs.hosts, ...access.hosts, ...access.registries],
      deniedDomains: [],
    },
    filesystem: {
      allowWrite: [
        worktree,
        ...(git ? [...shared(git.common), git.own] : []),
        temporary,
        ...needs.write,
        ...access.write,
        ...access.caches,
      ].map(literal),
      denyWrite: [
        ...(git ? [join(worktree, '.git'), ...POINTERS.map((name) => join(git.own, name))] : []),
        ...needs.keep,
        ...needs.keepDirectories,
      ].map(literal),
      denyRead: [...CREDENTIALS.map((name) => join(home, name)), ...access.hide, ...hidden].map(
        literal,
      ),
      allowRead: [],
    },
  };
}

const shared = (common: string): string[] => [
  ...SHARED.map((name) => join(common, name)),
  ...[join(common, LFS)].filter((path) => existsSync(path)),
];

/** The path that a person or an agent's maker writes with `~/`. */
export const fromHome = (path: string, home: string): string =>
  path.startsWith('~/') ? join(home, path.slice(2)) : path;
