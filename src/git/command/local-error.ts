import { getSystemErrorMap } from 'node:util';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { oneLine } from '../../domain/shared/text.ts';

/** Describes an error about files of this machine; undefined for any other error. */
export function localError(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof CoppiceError)
    return error.type === 'LocalFailure' ? error.message : undefined;
  const { code, path, errno } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string') return undefined;
  if (code.startsWith('ERR_FS_')) return oneLine(error.message, 300);
  if (typeof path !== 'string') return undefined;
  const said = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
  return oneLine(`${path}: ${said ?? error.message}`, 300);
}
