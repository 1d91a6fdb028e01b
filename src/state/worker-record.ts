import { createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { ignoringDamage, readJson, writeJson } from './files/json-file.ts';
import type { Home } from './home.ts';

/** Facts about the worker's login at GitHub. */
const Login = z.object({
  /** Null while it is unknown. */
  accepted: z.boolean().nullable(),
  /** The user name; null where GitHub does not tell it, as for an app. */
  login: z.string().nullable(),
  /** Why GitHub refuses the login, in one line. */
  problem: z.string().nullable(),
});
export type Login = z.infer<typeof Login>;

/**
 * The record that this host's worker keeps of its environment. Commands compare it with the environment of their terminal. It
 * contains no values that may be secret: they are compared by fingerprints, from which they can't be computed.
 */
const WorkerRecord = z.object({
  process: z.object({ pid: z.int(), started: z.string() }),
  /** Salt of the fingerprints; each worker has its own. */
  salt: z.string(),
  fingerprints: z.record(z.string(), z.string()),
  /** The worker's PATH. */
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

/** @returns undefined when there is no readable record */
export const readWorkerRecord = (home: Home): Promise<WorkerRecord | undefined> =>
  ignoringDamage(readJson(path(home), WorkerRecord));
