import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporalCliVersion } from './cli-version.ts';

export interface MakeOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly report: (line: string) => void;
  /** Where the program shall be. */
  readonly path: string;
}

/**
 * Lets `make` put a program `temporal` into a directory of its own and, if it runs, moves it to `path` in one step: nobody
 * ever finds half of it there, and two who make it at once don't disturb each other.
 */
export async function location(
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
