import { isGrpcServiceError } from '@temporalio/client';

/** The system's names, and those of Node's fetch, for a connection that failed. */
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

/** gRPC's codes of a server that is away, busy or starting: UNKNOWN, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, INTERNAL, UNAVAILABLE. */
const TEMPORAL_AWAY = new Set<number>([2, 4, 8, 13, 14]);

/** How deep a reason may be nested. */
const DEPTH = 5;

/** Whether a library's error is about the network, or about a Temporal server that is away: it, or its cause, says so. */
export function isNetworkTrouble(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > DEPTH) return false;
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string' && (CODES.has(code) || code.startsWith('UND_ERR_'))) return true;
  if (isGrpcServiceError(error) && TEMPORAL_AWAY.has(error.code)) return true;
  if (error instanceof AggregateError)
    return error.errors.some((one) => isNetworkTrouble(one, depth + 1));
  return isNetworkTrouble(error.cause, depth + 1);
}
