import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MISNAMED } from '../config/load.ts';
import { CONFIG_FILE } from '../config/schema.ts';
import { readPlainFile } from '../state/files/plain-file.ts';

/** No real configuration is larger, in bytes. */
const MAX_BYTES = 256 * 1024;

/**
 * Files that a person may take for the configuration of `checkout`, from `directory` up to the top of its repository. One
 * that says the same as the checkout's, as a linked worktree has it when it is committed, is not among them.
 */
export function unreadConfigs(directory: string, checkout: string): string[] {
  const read = join(checkout, CONFIG_FILE);
  const said = readPlainFile(read, MAX_BYTES);
  const found: string[] = [];
  for (let at = directory; ; at = dirname(at)) {
    for (const name of [CONFIG_FILE, ...MISNAMED]) {
      const file = join(at, name);
      // Where it is the only one there, it is refused, which says more.
      const isRefused = said === undefined && dirname(file) === checkout;
      const text = file === read || isRefused ? undefined : readPlainFile(file, MAX_BYTES);
      if (text !== undefined && text !== said) found.push(file);
    }
    if (existsSync(join(at, '.git')) || dirname(at) === at) return found;
  }
}
