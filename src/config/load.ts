import { join } from 'node:path';
import { parseConfig } from './parse.ts';
import { CONFIG_FILE, type Config } from './schema.ts';
import { readTextFile } from './text-file.ts';

/** An honest file has a few kilobytes. */
const MAX_BYTES = 256 * 1024;

/**
 * Reads coppice.yaml at the top of `checkout`; everything at its default when there is none.
 * @throws CoppiceError InvalidConfig, naming every problem with its line and column
 */
export async function loadConfig(checkout: string): Promise<Config> {
  const file = join(checkout, CONFIG_FILE);
  const text = await readTextFile(file, { limit: MAX_BYTES, failure: 'InvalidConfig' });
  return parseConfig(text ?? '', file);
}
