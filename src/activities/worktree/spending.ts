import type { SessionLocation } from '../../domain/session/session.ts';
import { spentSince } from '../../domain/session/turn-log.ts';
import type { Home } from '../../state/home.ts';
import { listSessions } from '../../state/session-store.ts';
import type { SpentByOthers } from './worktree-types.ts';

/**
 * What the other sessions of this host cost, in US dollars: those of a run, and all since midnight in this
 * host's time zone.
 */
export async function spentByOthers(
  home: Home,
  { repository, issue }: SessionLocation,
  run: string | undefined,
): Promise<SpentByOthers> {
  const midnight = new Date().setHours(0, 0, 0, 0);
  // A day may have 23 to 25 hours.
  const nextMidnight = new Date().setHours(24, 0, 0, 0);
  const spent = { run: 0, day: 0 };
  for (const { last, ...session } of (await listSessions(home)).sessions) {
    if (!last || (session.repository === repository && session.issue === issue)) continue;
    const { record, spending = [] } = last.detail;
    if (run !== undefined && session.repository === repository && record.run === run)
      spent.run += record.costUsd;
    spent.day += spentSince(spending, midnight);
  }
  return {
    ...spent,
    midnight: new Date(midnight).toISOString(),
    nextMidnight: new Date(nextMidnight).toISOString(),
  };
}
