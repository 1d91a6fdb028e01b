import { resolve } from 'node:path';
import type { SessionLocation } from '../domain/session/session.ts';
import type { SessionSettings } from '../domain/settings/session-settings.ts';
import { branchName, type NameValues, worktreePath } from '../domain/shared/identity.ts';

/** Where a session of an issue lives on a host, as coppice.yaml of the checkout says. */
export const locationIn = (
  checkout: string,
  hostId: string,
  names: NameValues,
  settings: Pick<SessionSettings, 'worktree' | 'branch' | 'remote'>,
): SessionLocation => ({
  ...names,
  ...{ hostId, checkout, remote: settings.remote },
  worktree: resolve(checkout, worktreePath(settings.worktree, names)),
  branch: branchName(settings.branch, names),
});
