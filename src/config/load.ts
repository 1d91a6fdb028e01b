import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CoppiceError } from '../domain/failure.ts';
import { parseConfig } from './parse.ts';
import { CONFIG_FILE, type Config } from './schema.ts';

/** An honest file has a few kilobytes. */
const MAX_BYTES = 256 * 1024;

/**
 * Reads coppice.yaml at the top of `checkout`; everything at its default when there is none.
 * @throws CoppiceError InvalidConfig, naming every problem with its line and column
 */
export async function loadConfig(checkout: string): Promise<Config> {
  const file = join(checkout, CONFIG_FILE);
  return parseConfig((await readIfThere(file)) ?? '', file);
}

async function readIfThere(file: string): Promise<string | undefined> {
  const entry = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw unreadable(file, error.message);
  });
  if (!entry) return undefined;
  if (!entry.isFile()) throw unreadable(file, 'it is not a regular file');
  if (entry.size > MAX_BYTES) throw unreadable(file, `it has more than ${MAX_BYTES / 1024} KB`);
  return readFile(file, 'utf8').catch((error: Error) => {
    throw unreadable(file, error.message);
  });
}

const unreadable = (file: string, why: string): CoppiceError =>
  new CoppiceError('InvalidConfig', `can't read ${file}: ${why}`);
