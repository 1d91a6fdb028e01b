import { isGrpcServiceError } from '@temporalio/client';

/** Error codes of the system and of Node's fetch for a failed connection. */
const CODES = new Set([
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'ETIMEDOUT',
]);

/**
 * gRPC codes of a server that is unreachable, busy or starting: UNKNOWN, DEADLINE_EXCEEDED,
 * RESOURCE_EXHAUSTED, INTERNAL, UNAVAILABLE.
 */
const TEMPORAL_AWAY = new Set<number>([2, 4, 8, 13, 14]);

/** How deep causes of an error are followed. */
const DEPTH = 5;

/**
 * Whether an error of a library, or one of its causes, is a network failure or an unreachable Temporal
 * server.
 */
export function isNetworkError(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > DEPTH) return false;
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string' && (CODES.has(code) || code.startsWith('UND_ERR_'))) return true;
  if (isGrpcServiceError(error) && TEMPORAL_AWAY.has(error.code)) return true;
  if (error instanceof AggregateError)
    return error.errors.some((one) => isNetworkError(one, depth + 1));
  return isNetworkError(error.cause, depth + 1);
}
