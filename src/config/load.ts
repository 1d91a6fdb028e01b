import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { CoppiceError } from '../domain/shared/failure.ts';
import { sessionBranchOfFile } from '../git/worktree/session-branch-of-file.ts';
import { parseConfig } from './parse.ts';
import { CONFIG_FILE, Config } from './schema.ts';
import { readTextFile } from './text-file.ts';

/** No real configuration is larger, in bytes. */
const MAX_BYTES = 256 * 1024;

/** Names that people use by mistake. Such a file is an error, because ignoring its settings, such as a sandbox, would be worse. */
export const MISNAMED = ['coppice.yml', '.coppice.yaml', '.coppice.yml'] as const;

/**
 * Reads coppice.yaml at the top of `checkout`; everything at its default when there is none.
 * @throws CoppiceError InvalidConfig, naming every problem with its line and column
 */
export async function loadConfig(checkout: string): Promise<Config> {
  const file = join(checkout, CONFIG_FILE);
  const text = await readTextFile(file, { limit: MAX_BYTES, failure: 'InvalidConfig' });
  const misnamed = MISNAMED.map((name) => join(checkout, name)).find((path) => existsSync(path));
  if (text === undefined && misnamed !== undefined)
    throw new CoppiceError(
      'InvalidConfig',
      `${misnamed} is not read under this name: rename it to ${CONFIG_FILE}`,
    );
  const branch = text && (await sessionBranchOfFile(checkout, CONFIG_FILE, text));
  if (branch)
    throw new CoppiceError(
      'InvalidConfig',
      `${file} is as the agent of ${branch} committed it: check out a branch of your own there, or merge it first`,
    );
  return parseConfig(text ?? '', file);
}

/** What a coppice.yaml that is not valid still says of the repository's names; the defaults for what it does not. */
export async function namesInConfig(
  checkout: string,
): Promise<Pick<Config, 'repository' | 'remote'>> {
  const text = await readFile(join(checkout, CONFIG_FILE), 'utf8').catch(() => '');
  const document = parseDocument(text, { logLevel: 'silent' });
  const { repository, remote } = Config.shape;
  const read = <T>(schema: z.ZodType<T>, key: string): T | undefined =>
    schema.safeParse(document.get(key)).data;
  return {
    repository: read(repository, 'repository'),
    remote: read(remote, 'remote') ?? remote.parse(undefined),
  };
}
