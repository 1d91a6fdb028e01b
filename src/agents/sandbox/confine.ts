import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromHome, type SandboxSettings } from './settings.ts';

/** The program that runs another in the sandbox: TypeScript in a checkout of Coppice, JavaScript where it is installed. */
const RUN = fileURLToPath(new URL(`./run${extname(import.meta.url)}`, import.meta.url));

/** In the environment of what runs inside, and of nothing around it. */
export const INSIDE = { COPPICE_SANDBOX: 'inside' } as const;

/** What `run.ts` is told, in a file that the program inside can neither read nor write. */
export interface Confinement {
  readonly settings: SandboxSettings;
  /** Where the program works. */
  readonly directory: string;
  /** An empty directory: the sandbox covers well-known names in the one it is started from. */
  readonly empty: string;
  readonly temporary: string;
  /** File that takes what was refused, a line each. */
  readonly refused: string;
}

/** A command line as it runs in the sandbox; what it needs goes to `own`, a directory of Coppice's. */
export type Confine = (own: string, argv: readonly string[]) => string[];

/** Where the program's temporary files go: below a directory of Coppice's own. */
export const temporaryIn = (directory: string): string => join(directory, 'tmp');

const settingsIn = (directory: string): string => join(directory, 'sandbox.json');

/** Whether what was started with this directory was in the sandbox. */
export const isConfined = (directory: string): boolean => existsSync(settingsIn(directory));

export const refusedIn = (directory: string): string => join(directory, 'refused');

export function confine(
  own: string,
  worktree: string,
  settings: SandboxSettings,
  argv: readonly string[],
): string[] {
  const confinement: Confinement = {
    settings,
    directory: worktree,
    empty: join(own, 'empty'),
    temporary: temporaryIn(own),
    refused: refusedIn(own),
  };
  for (const directory of [confinement.empty, confinement.temporary])
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  rmSync(confinement.refused, { force: true });
  const file = settingsIn(own);
  writeFileSync(file, JSON.stringify(confinement), { mode: 0o600 });
  return [process.execPath, RUN, file, ...argv];
}

/** What may be written can be written only if it is there. */
export function makeWritable(paths: readonly string[], home: string): void {
  for (const path of paths.map((path) => fromHome(path, home)))
    if (!existsSync(path)) mkdirSync(path, { recursive: true });
}
