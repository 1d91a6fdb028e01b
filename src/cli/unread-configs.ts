import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MISNAMED } from '../config/load.ts';
import { CONFIG_FILE } from '../config/schema.ts';

/** No real configuration is larger, in bytes. */
const MAX_BYTES = 256 * 1024;

/**
 * Files that a person may take for the configuration of `checkout`, from `directory` up to the top of its repository. One
 * that says the same as the checkout's, as a linked worktree has it when it is committed, is not among them.
 */
export function unreadConfigs(directory: string, checkout: string): string[] {
  const read = join(checkout, CONFIG_FILE);
  const said = textOf(read);
  const found: string[] = [];
  for (let at = directory; ; at = dirname(at)) {
    for (const name of [CONFIG_FILE, ...MISNAMED]) {
      const file = join(at, name);
      // Where it is the only one there, it is refused, which says more.
      const isRefused = said === undefined && dirname(file) === checkout;
      const text = file === read || isRefused ? undefined : textOf(file);
      if (text !== undefined && text !== said) found.push(file);
    }
    if (existsSync(join(at, '.git')) || dirname(at) === at) return found;
  }
}

/** Undefined when it is no plain file of honest size: others' files are only compared, and never waited for. */
function textOf(file: string): string | undefined {
  const found = lstatSync(file, { throwIfNoEntry: false });
  return found?.isFile() && found.size <= MAX_BYTES ? readFileSync(file, 'utf8') : undefined;
}
