import { execa } from 'execa';
import { gitCredentials } from '../../support/environment.ts';
import type { Stage } from './stage.ts';

const PERSON = {
  ...{ GIT_AUTHOR_NAME: 'Person', GIT_AUTHOR_EMAIL: 'person@example.com' },
  ...{ GIT_COMMITTER_NAME: 'Person', GIT_COMMITTER_EMAIL: 'person@example.com' },
};

/**
 * What the person does with git in the checkout while sessions work. They do not stash: where agents have no sandbox, Coppice can't
 * tell the person's stash from one that an agent took, and asks.
 */
export const OWN_GIT = {
  'gc --prune=now': ['gc', '--quiet', '--prune=now'],
  'fetch --prune': ['fetch', '--quiet', '--prune'],
  'reflog expire': ['reflog', 'expire', '--expire=now', '--all'],
  repack: ['repack', '-adq'],
} as const;
export type OwnGit = keyof typeof OWN_GIT;

/** @returns what git said where it failed, as it may while the network is down */
export async function useOwnGit(stage: Stage, what: OwnGit): Promise<string | undefined> {
  const { checkout, env, proxy } = stage;
  const login = gitCredentials(proxy.url, env.GITHUB_TOKEN ?? '');
  // Not with the home by which Coppice's processes are known.
  const options = { cwd: checkout, env: { ...login, ...PERSON }, reject: false } as const;
  const { exitCode, stderr } = await execa('git', [...OWN_GIT[what]], options);
  return exitCode === 0 ? undefined : stderr;
}
