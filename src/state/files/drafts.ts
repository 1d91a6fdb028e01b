import { lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Home } from '../home.ts';
import { namesIn } from './names-in.ts';

/** A draft is renamed within a moment, so an older one was left by a kill. In milliseconds. */
const OLD = 3_600_000;

const UUID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** Names of drafts: those of write-file-atomic, of `createWhole`, of a turn's directory and of a lock file. */
const DRAFT = new RegExp(
  `^(.+\\.(json|crt|key|toml|secret)\\.\\d+|[0-9a-f]{32}\\.\\d+|.+\\.draft-${UUID}|draft-${UUID}|\\.lock\\.\\d+)$`,
);

/** Removes drafts that a kill or a power cut left in the state directory. Finished files are never removed. */
export async function clearDrafts(home: Home, now = Date.now()): Promise<string[]> {
  const { turns } = home;
  const directories = [
    ...[home.root, home.service, home.starting, home.temporal, home.usageLimits, home.outbox],
    ...[join(home.root, 'ports'), turns],
    ...(await below(home.repositories, 1)),
    ...(await below(home.watch, 2)),
    ...(await below(home.sessions, 3)),
    ...(await below(turns, 1)),
    ...(await below(turns, 2)).filter((path) => /[/\\]attempt-\d+$/.test(path)),
  ];
  const removed: string[] = [];
  for (const directory of directories)
    for (const name of (await namesIn(directory)).filter((one) => DRAFT.test(one))) {
      const path = join(directory, name);
      const found = await lstat(path).catch(() => undefined); // finished meanwhile
      if (!found || now - found.mtimeMs < OLD) continue;
      await rm(path, { recursive: true, force: true });
      removed.push(path);
    }
  return removed;
}

/** The directories that are `depth` levels below another one. */
async function below(directory: string, levels: number): Promise<string[]> {
  if (levels === 0) return (await isDirectory(directory)) ? [directory] : [];
  if (!(await isDirectory(directory))) return [];
  const names = await namesIn(directory);
  return (await Promise.all(names.map((name) => below(join(directory, name), levels - 1)))).flat();
}

const isDirectory = async (path: string): Promise<boolean> =>
  (await lstat(path).catch(() => undefined))?.isDirectory() === true;
