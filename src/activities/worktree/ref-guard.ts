import { join } from 'node:path';
import { z } from 'zod';
import { isConfined } from '../../agents/sandbox/confine.ts';
import { attemptsOf, wasOpened } from '../../agents/turn/attempt.ts';
import { CANCEL, withDefaults } from '../../domain/session/options.ts';
import type { SessionLocation } from '../../domain/session/session.ts';
import type { Outcome } from '../../domain/session/turn.ts';
import { RefRecord, readRefs } from '../../git/refs/ref-record.ts';
import { restoreRefs } from '../../git/refs/restore-refs.ts';
import {
  ignoringDamage,
  readJson,
  settingDamagedAside,
  writeJson,
} from '../../state/files/json-file.ts';
import type { Home } from '../../state/home.ts';
import { listSessions } from '../../state/session-store.ts';

const Before = RefRecord.extend({
  /** Branches of all sessions of this host. */
  branches: z.array(z.string()),
});

const recordOf = (turns: string, turnId: string): string => join(turns, turnId, 'refs.json');

/** Records the refs before a turn, once for each turn. */
export async function noteRefs(
  home: Home,
  location: SessionLocation,
  turnId: string,
): Promise<void> {
  const file = recordOf(home.turns, turnId);
  if (await settingDamagedAside(readJson(file, Before))) return;
  const branches = await sessionBranches(home, location);
  await writeJson(file, { ...(await readRefs(location.checkout)), branches });
}

/** The object of each ref before a turn, by full name; empty when it was not recorded. */
export async function notedTips(
  home: Home,
  turnId: string,
): Promise<Readonly<Record<string, string>>> {
  return (await ignoringDamage(readJson(recordOf(home.turns, turnId), Before)))?.refs ?? {};
}

/**
 * Called after a turn. If the agent changed refs that do not belong to the session, they are restored, and
 * the outcome becomes a question to the person.
 */
export async function guardRefs(
  home: Home,
  location: SessionLocation,
  turnId: string,
  outcome: Outcome,
): Promise<Outcome> {
  const before = await settingDamagedAside(readJson(recordOf(home.turns, turnId), Before));
  if (!before) return outcome;
  const open = new Set(await sessionBranches(home, location));
  const attempts = attemptsOf(home.turns, turnId).filter(wasOpened);
  const reach = attempts.every(({ directory }) => isConfined(directory))
    ? 'branches'
    : 'everything';
  const found = await restoreRefs(
    location,
    before,
    reach,
    (branch) => before.branches.includes(branch) && !open.has(branch),
  );
  // Changes that were found before this activity was interrupted are reported too.
  const told = join(home.turns, turnId, 'put-back.json');
  const all = [
    ...((await settingDamagedAside(readJson(told, z.array(z.string())))) ?? []),
    ...found,
  ];
  if (all.length === 0) return outcome;
  await writeJson(told, all);
  return {
    kind: 'stuck',
    decision:
      `Continue? In its turn the agent changed refs that are not its own: ${all.join('; ')}`.slice(
        0,
        2_000,
      ),
    options: withDefaults(['leave other branches, tags and the stash alone, and go on', CANCEL]),
    context: `All of them were restored. The values that the agent gave them are kept under refs/coppice/kept/issue-${location.issue}-…; the session’s own work has not changed.`,
  };
}

async function sessionBranches(home: Home, { repository }: SessionLocation): Promise<string[]> {
  const { sessions } = await listSessions(home, repository);
  return sessions.flatMap(({ ownership }) => ownership?.location.branch ?? []);
}
