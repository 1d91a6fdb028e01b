import { createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import type { Home } from './home.ts';
import { orNothing, readJson, writeJson } from './json-file.ts';

/** What is known of a login at GitHub. */
const Login = z.object({
  /** Null while it is being found out, or can't be. */
  accepted: z.boolean().nullable(),
  /** Whose it is; null where GitHub does not say, as of an app. */
  login: z.string().nullable(),
  /** Why it is refused, in one line. */
  problem: z.string().nullable(),
});
export type Login = z.infer<typeof Login>;

/**
 * What this host's worker wrote down about its environment, for commands whose terminal may have another. No value that may be
 * secret is in it: two environments are compared by fingerprints, which nobody can turn back.
 */
const WorkerRecord = z.object({
  process: z.object({ pid: z.int(), started: z.string() }),
  /** Of the fingerprints; another for each worker. */
  salt: z.string(),
  fingerprints: z.record(z.string(), z.string()),
  /** Where it finds programs. */
  path: z.string(),
  github: Login,
});
export type WorkerRecord = z.infer<typeof WorkerRecord>;

const path = (home: Home): string => join(home.service, 'worker.json');

export const fingerprint = (salt: string, value: string): string =>
  createHmac('sha256', salt).update(value).digest('base64url');

export function describeWorker(
  process: WorkerRecord['process'],
  env: NodeJS.ProcessEnv,
): WorkerRecord {
  const salt = randomBytes(32).toString('base64url');
  return {
    process,
    salt,
    fingerprints: Object.fromEntries(
      Object.entries(env).map(([name, value = '']) => [name, fingerprint(salt, value)]),
    ),
    path: env.PATH ?? '',
    github: { accepted: null, login: null, problem: null },
  };
}

export const writeWorkerRecord = (home: Home, record: WorkerRecord): Promise<void> =>
  writeJson(path(home), record);

/** @returns undefined when there is none that can be read */
export const readWorkerRecord = (home: Home): Promise<WorkerRecord | undefined> =>
  orNothing(readJson(path(home), WorkerRecord));
