import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporalCliVersion } from './cli-version.ts';

export interface InstallOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly report: (line: string) => void;
  /** Where the program is to be installed. */
  readonly path: string;
}

/**
 * Lets `make` put a program `temporal` into a new directory and, if it runs, moves it to `path` in one atomic step. So `path` never
 * holds an incomplete program, and two processes that install it at the same time do not disturb each other.
 */
export async function installAtomically(
  path: string,
  make: (directory: string) => Promise<void>,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const directory = await mkdtemp(join(dirname(path), '.new-'));
  try {
    await make(directory);
    const made = join(directory, 'temporal');
    await chmod(made, 0o755);
    if ((await temporalCliVersion(made)) === undefined)
      throw new Error('what came does not run here');
    await rename(made, path);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
