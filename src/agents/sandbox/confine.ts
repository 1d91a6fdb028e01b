import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { ModelAccess, Spared } from './needs.ts';
import type { SandboxSettings } from './settings.ts';

/** The program that runs another in the sandbox: TypeScript in a checkout of Coppice, JavaScript where it is installed. */
const RUN = fileURLToPath(new URL(`./run${extname(import.meta.url)}`, import.meta.url));

/** In the environment of what runs inside, and of nothing around it. */
export const INSIDE = { COPPICE_SANDBOX: 'inside' } as const;

/** The input of `run.ts`, in a file that the program inside can neither read nor write. */
export interface Confinement {
  readonly settings: SandboxSettings;
  /** Where the program works. */
  readonly directory: string;
  /** An empty directory: the sandbox covers well-known names in the one it is started from. */
  readonly empty: string;
  readonly temporary: string;
  /** The private home. */
  readonly home: string;
  /** Directories to be read that hold others to be written: on Linux the order of the two counts. */
  readonly beneath: readonly string[];
  /** Shell commands that furnish it. */
  readonly furnishing: string;
  /** Variables of the program inside, above those it is started with. */
  readonly variables: Readonly<Record<string, string>>;
  /** How the agent reaches its model, where its key stays outside. */
  readonly model?: ModelAccess | undefined;
  /** File in which requests to the model are written, one per line, in JSON. */
  readonly asked: string;
  /** File in which refused requests are written, one per line. */
  readonly refused: string;
  readonly spared: Spared;
}

/** Where a program works in the sandbox, and how. */
export type Cell = Pick<
  Confinement,
  'settings' | 'spared' | 'home' | 'beneath' | 'furnishing' | 'variables' | 'model'
> & { readonly worktree: string };

/** A command line as it runs in the sandbox; what it needs goes to `own`, a directory of Coppice's. */
export type Confine = (own: string, argv: readonly string[]) => string[];

/** Where the program's temporary files go: below a directory of Coppice's own. */
export const temporaryIn = (directory: string): string => join(directory, 'tmp');

const settingsIn = (directory: string): string => join(directory, 'sandbox.json');

/** Whether what was started with this directory was in the sandbox. */
export const isConfined = (directory: string): boolean => existsSync(settingsIn(directory));

export const refusedIn = (directory: string): string => join(directory, 'refused');

/** Where requests to the model are written. */
export const askedIn = (directory: string): string => join(directory, 'asked');

/** Undefined when what was started with this directory was in no sandbox, or when that can't be read any more. */
export function sparedIn(directory: string): Spared | undefined {
  try {
    return Told.parse(JSON.parse(readFileSync(settingsIn(directory), 'utf8'))).spared;
  } catch {
    return undefined;
  }
}

const Told = z.object({
  spared: z.object({ home: z.string(), hosts: z.array(z.string()), paths: z.array(z.string()) }),
});

export function confine(
  own: string,
  { worktree, ...cell }: Cell,
  argv: readonly string[],
): string[] {
  const confinement: Confinement = {
    ...cell,
    directory: worktree,
    empty: join(own, 'empty'),
    temporary: temporaryIn(own),
    refused: refusedIn(own),
    asked: askedIn(own),
  };
  for (const directory of [confinement.empty, confinement.temporary])
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  rmSync(confinement.refused, { force: true });
  const file = settingsIn(own);
  writeFileSync(file, JSON.stringify(confinement), { mode: 0o600 });
  return [process.execPath, RUN, file, ...argv];
}
