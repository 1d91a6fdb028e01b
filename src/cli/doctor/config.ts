import { CONFIG_FILE } from '../../config/schema.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import type { RepositoryName } from '../../domain/shared/repository.ts';
import type { Refusal } from '../errors.ts';
import { bad, type Check, good } from './check.ts';

export const checkConfig = (repository: RepositoryName, isThere: boolean): Check => ({
  ...good(
    CONFIG_FILE,
    isThere
      ? `valid, for ${repository}`
      : `there is none, and none is needed; the defaults are used for ${repository}`,
  ),
  ...(!isThere && { advice: 'coppice init writes one, in which you can change them' }),
});

/** Why there is no project: the problems of coppice.yaml, one line each, or a missing checkout. */
export function checkNoProject(error: CoppiceError | Refusal): Check {
  // A refusal's own message says what to do.
  if (!(error instanceof CoppiceError)) return bad(CONFIG_FILE, error.message, '');
  const problems = error.details.split('\n').filter((line) => line.trim() !== '');
  return bad(
    CONFIG_FILE,
    [error.message, ...problems].join('\n'),
    error.type === 'InvalidConfig'
      ? 'docs/configuration.md lists every key, and the values it takes'
      : '',
  );
}
