import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { keepAside } from './files/json-file.ts';
import { createWhole } from './files/whole-file.ts';
import type { Home } from './home.ts';
import { listSessions } from './session-store.ts';

const VALID = /^[a-z0-9-]{1,60}$/;

/** The id ends with a line end; a file without one was cut short. */
const WHOLE = /^[a-z0-9-]{1,60}\n$/;

/**
 * This host's id. It is created once and stays the same as long as the state directory exists, because task queues are named after it.
 * A damaged file is renamed, and the id is restored from the sessions' records.
 */
export async function hostId(home: Home): Promise<string> {
  const file = join(home.root, 'host-id');
  for (;;) {
    const text = await read(file);
    if (text !== undefined && WHOLE.test(text)) return text.trim();
    if (text !== undefined) keepAside(file);
    await mkdir(home.root, { recursive: true });
    // If several processes create it at once, the first one wins. No process ever reads a partly written file.
    createWhole(file, `${(await formerId(home)) ?? newId()}\n`);
  }
}

const newId = (): string => `${slug(hostname())}-${randomBytes(3).toString('hex')}`;

/** The host id in the newest session record of this state directory. */
async function formerId(home: Home): Promise<string | undefined> {
  const { sessions } = await listSessions(home);
  return sessions
    .flatMap(({ ownership }) => ownership ?? [])
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
    .map(({ location }) => location.hostId)
    .find((id) => VALID.test(id));
}

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A machine's name as a part of an id: readable, and valid in the name of a task queue. */
export const slug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '') || 'host';
