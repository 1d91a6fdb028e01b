import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { ResourceLimits } from './limits.ts';
import type { IgnoredRequests, ModelAccess } from './needs.ts';
import type { SandboxSettings } from './settings.ts';

/**
 * The program that runs another program in the sandbox: TypeScript in a checkout of Coppice, JavaScript in
 * the package.
 */
const RUN = fileURLToPath(new URL(`./run${extname(import.meta.url)}`, import.meta.url));

/** Environment variables that mark the processes inside the sandbox, and not those around it. */
export const INSIDE = { COPPICE_SANDBOX: 'inside' } as const;

/** The input of `run.ts`, in a file that the program inside can neither read nor write. */
export interface Confinement {
  readonly settings: SandboxSettings;
  /** The directory in which the program works. */
  readonly directory: string;
  /**
   * An empty directory from which the sandbox is started, because sandbox-runtime covers well-known names in
   * its working directory.
   */
  readonly empty: string;
  readonly temporary: string;
  /** The private home directory of the session. */
  readonly home: string;
  /** Readable directories that contain writable ones. On Linux the order of the mounts matters. */
  readonly beneath: readonly string[];
  /** Shell commands that fill the private home. */
  readonly homeSetup: string;
  /** Environment variables of the program, which override those with which it is started. */
  readonly variables: Readonly<Record<string, string>>;
  /** How the agent reaches its model when its key stays outside of the sandbox. */
  readonly model?: ModelAccess | undefined;
  /** File to which requests to the model are written, one JSON object on each line. */
  readonly modelRequests: string;
  /** File to which refused requests are written, one on each line. */
  readonly refusals: string;
  /** File to which limits are written for which programs were ended, one on each line. */
  readonly exceeded: string;
  readonly ignored: IgnoredRequests;
  readonly limits: ResourceLimits;
  /** Directories whose size is limited. */
  readonly places: readonly string[];
}

/** Where a program works in the sandbox, and how. */
export type SandboxLayout = Pick<
  Confinement,
  'settings' | 'ignored' | 'home' | 'beneath' | 'homeSetup' | 'variables' | 'model' | 'limits'
> & { readonly worktree: string };

/**
 * Turns a command line into one that runs in the sandbox. Its files are written to `own`, a directory of
 * Coppice.
 */
export type Confine = (own: string, argv: readonly string[]) => string[];

/** The directory for the program's temporary files, below a directory of Coppice. */
export const temporaryIn = (directory: string): string => join(directory, 'tmp');

const settingsIn = (directory: string): string => join(directory, 'sandbox.json');

/** Whether the program that was started with this directory ran in the sandbox. */
export const isConfined = (directory: string): boolean => existsSync(settingsIn(directory));

/** The file to which refused requests are written. */
export const refusalsFile = (directory: string): string => join(directory, 'refused');

/** The file to which limits are written for which programs were ended. */
export const exceededFile = (directory: string): string => join(directory, 'exceeded');

/** The file to which requests to the model are written. */
export const modelRequestsFile = (directory: string): string => join(directory, 'asked');

/**
 * Requests whose refusal is not shown; undefined when the program ran without a sandbox, or its settings
 * can't be read any more.
 */
export function ignoredIn(directory: string): IgnoredRequests | undefined {
  try {
    return StoredConfinement.parse(JSON.parse(readFileSync(settingsIn(directory), 'utf8'))).ignored;
  } catch {
    return undefined;
  }
}

const StoredConfinement = z.object({
  ignored: z.object({ home: z.string(), hosts: z.array(z.string()), paths: z.array(z.string()) }),
});

export function confine(
  own: string,
  { worktree, ...layout }: SandboxLayout,
  argv: readonly string[],
): string[] {
  const confinement: Confinement = {
    ...layout,
    directory: worktree,
    empty: join(own, 'empty'),
    temporary: temporaryIn(own),
    refusals: refusalsFile(own),
    exceeded: exceededFile(own),
    modelRequests: modelRequestsFile(own),
    places: [worktree, layout.home, temporaryIn(own)],
  };
  for (const directory of [confinement.empty, confinement.temporary])
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const file of [confinement.refusals, confinement.exceeded]) rmSync(file, { force: true });
  const file = settingsIn(own);
  writeFileSync(file, JSON.stringify(confinement), { mode: 0o600 });
  return [process.execPath, RUN, file, ...argv];
}
