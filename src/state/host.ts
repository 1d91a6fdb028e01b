import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Home } from './home.ts';
import { DamagedFile } from './json-file.ts';

const VALID = /^[a-z0-9-]{1,60}$/;

/**
 * This host's id: made once, then the same for as long as the state directory lives, since queues are named after it.
 * @throws DamagedFile
 */
export async function hostId(home: Home): Promise<string> {
  const file = join(home.root, 'host-id');
  const id = (await read(file)) ?? (await create(home, file));
  if (!VALID.test(id)) throw new DamagedFile(file, 'it holds no host id');
  return id;
}

/** Of several that create it at once, the first decides; nobody ever sees a half-written file. */
async function create(home: Home, file: string): Promise<string> {
  await mkdir(home.root, { recursive: true });
  const suffix = randomBytes(3).toString('hex');
  const draft = `${file}.${process.pid}.${suffix}`;
  await writeFile(draft, `${slug(hostname())}-${suffix}\n`, { flag: 'wx' });
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft);
  }
  return (await read(file)) ?? '';
}

async function read(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A machine's name as part of an id: readable, and safe in a queue's name. */
export const slug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '') || 'host';
