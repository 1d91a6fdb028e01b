import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isClosed, UsageGate } from '../domain/session/usage-gate.ts';
import { ignoringDamage, readJson, writeJson } from './files/json-file.ts';
import { namesIn } from './files/names-in.ts';
import type { Home } from './home.ts';

const fileOf = ({ usageLimits }: Home, key: string): string => join(usageLimits, `${key}.json`);

/** @returns undefined when none is known; a damaged record counts as missing, because the next agent meets the limit again */
export const readUsageGate = (home: Home, key: string): Promise<UsageGate | undefined> =>
  ignoringDamage(readJson(fileOf(home, key), UsageGate));

export const saveUsageGate = (home: Home, key: string, gate: UsageGate): Promise<void> =>
  writeJson(fileOf(home, key), gate);

export const removeUsageGate = (home: Home, key: string): Promise<void> =>
  rm(fileOf(home, key), { force: true });

/** The accounts of this host that wait for the end of a usage limit, in the order in which they may continue. */
export async function closedUsageGates(home: Home, now = Date.now()): Promise<UsageGate[]> {
  const keys = (await namesIn(home.usageLimits)).flatMap(
    (name) => /^(\w+)\.json$/.exec(name)?.[1] ?? [],
  );
  const gates = await Promise.all(keys.map((key) => readUsageGate(home, key)));
  return gates
    .filter((gate) => gate !== undefined)
    .filter((gate) => isClosed(gate, now))
    .sort((a, b) => Date.parse(a.until) - Date.parse(b.until));
}
