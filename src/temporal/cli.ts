import { accessSync, constants } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Home } from '../state/home.ts';
import { buildTemporalCli } from './cli-build.ts';
import { downloadTemporalCli } from './cli-download.ts';
import {
  isNewEnough,
  OLDEST_TEMPORAL_CLI,
  TEMPORAL_CLI,
  temporalCliVersion,
} from './cli-version.ts';
import { exclusively } from './exclusively.ts';
import { ServiceError } from './service-error.ts';

export interface FindOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly home: Home;
  /** Is called with one line for each step that takes a while. */
  readonly report: (line: string) => void;
}

/** The result of one way to get the CLI: its path, or why that way failed. */
type Lookup = { readonly path: string } | { readonly failed: string };

/**
 * Finds the Temporal CLI. It tries `COPPICE_TEMPORAL_CLI`, `temporal` on PATH, Coppice's cache, the official download, and a build
 * from source, in this order. The last two fill the cache.
 * @returns a path
 * @throws ServiceError NoTemporalCli, naming what was tried
 */
export async function findTemporalCli(options: FindOptions): Promise<string> {
  const atHand = await temporalCliAtHand(options);
  if ('path' in atHand) return atHand.path;
  const made = await make(options);
  if ('path' in made) return made.path;
  throw new ServiceError(
    'NoTemporalCli',
    `no Temporal CLI: ${atHand.failed}; ${made.failed}. Install it (https://docs.temporal.io/cli), or Go for a build, or name one in COPPICE_TEMPORAL_CLI`,
  );
}

/** Downloads or builds the CLI, unless another process, for which this one waited, has just done so. */
async function make(options: FindOptions): Promise<Lookup> {
  const { home, report } = options;
  const directory = dirname(dirname(cached(home)));
  try {
    return await exclusively(
      directory,
      { doing: 'fetching the Temporal CLI', report },
      async () => {
        const there = await inCache(options);
        return 'path' in there ? there : firstOf([byDownload, byBuild], options);
      },
    );
  } catch (error) {
    return { failed: `${directory} can't be used (${(error as Error).message})` };
  }
}

/** Finds a CLI that is installed already. @throws ServiceError NoTemporalCli when COPPICE_TEMPORAL_CLI names an unusable one */
export async function temporalCliAtHand(
  options: Pick<FindOptions, 'env' | 'home'>,
): Promise<Lookup> {
  const explicit = options.env.COPPICE_TEMPORAL_CLI;
  if (explicit) return { path: await checkExplicit(explicit) };
  return firstOf([onPath, inCache], options);
}

/** The result of the first way that succeeds, or the reasons why all failed. */
async function firstOf<Options>(
  lookups: readonly ((options: Options) => Promise<Lookup>)[],
  options: Options,
): Promise<Lookup> {
  const failures: string[] = [];
  for (const lookup of lookups) {
    const result = await lookup(options);
    if ('path' in result) return result;
    failures.push(result.failed);
  }
  return { failed: failures.join('; ') };
}

async function checkExplicit(path: string): Promise<string> {
  const version = await temporalCliVersion(path);
  if (version !== undefined && isNewEnough(version)) return path;
  const reason =
    version === undefined
      ? 'which is not a Temporal CLI that runs'
      : `version ${version}: ${OLDEST_TEMPORAL_CLI} or newer is needed`;
  throw new ServiceError('NoTemporalCli', `COPPICE_TEMPORAL_CLI names ${path}, ${reason}`);
}

async function onPath({ env }: Pick<FindOptions, 'env'>): Promise<Lookup> {
  const path = (env.PATH ?? '')
    .split(delimiter)
    .map((directory) => join(directory, 'temporal'))
    .find(isExecutable);
  if (path === undefined) return { failed: 'none on PATH' };
  const version = await temporalCliVersion(path);
  if (version === undefined) return { failed: `${path} on PATH does not run` };
  if (isNewEnough(version)) return { path };
  return { failed: `${path} on PATH is ${version}, older than ${OLDEST_TEMPORAL_CLI}` };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const cached = (home: Home): string => join(home.cache, 'temporal', TEMPORAL_CLI, 'temporal');

async function inCache({ home }: Pick<FindOptions, 'home'>): Promise<Lookup> {
  const path = cached(home);
  const found = (await temporalCliVersion(path)) !== undefined;
  return found ? { path } : { failed: `none in ${home.cache}` };
}

const byDownload = ({ env, home, report }: FindOptions): Promise<Lookup> =>
  tried('download', downloadTemporalCli({ env, report, path: cached(home) }), cached(home));

const byBuild = ({ env, home, report }: FindOptions): Promise<Lookup> =>
  tried('build', buildTemporalCli({ env, report, path: cached(home) }), cached(home));

async function tried(name: string, made: Promise<void>, path: string): Promise<Lookup> {
  try {
    await made;
    return { path };
  } catch (error) {
    return { failed: `${name} failed (${error instanceof Error ? error.message : String(error)})` };
  }
}
