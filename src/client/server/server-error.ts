import { isGrpcServiceError } from '@temporalio/client';
import { ClientError } from '../types.ts';
import type { Connected } from './connected.ts';

/** Codes of gRPC, https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
const INVALID_ARGUMENT = 3;
const DEADLINE_EXCEEDED = 4;
const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const RESOURCE_EXHAUSTED = 8;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

/** Codes that say something about the server, and nothing about the workflow that was asked. */
const ABOUT_SERVER: ReadonlySet<number> = new Set([
  PERMISSION_DENIED,
  UNAVAILABLE,
  UNAUTHENTICATED,
]);

interface Refusal {
  readonly code: number;
  readonly details: string;
}

/** What the server said, which the SDK puts below a sentence of its own such as "Failed to list workflows". */
function refusalIn(error: unknown): Refusal | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (isGrpcServiceError(cause)) return { code: cause.code, details: cause.details ?? '' };
  return undefined;
}

export const isAboutServer = (error: unknown): boolean =>
  ABOUT_SERVER.has(refusalIn(error)?.code ?? -1);

/** Whether the namespace lacks Coppice's search attributes, because none of its workers has ever run there. */
export function lacksSearchAttributes(error: unknown): boolean {
  const refusal = refusalIn(error);
  return refusal?.code === INVALID_ARGUMENT && /search attribute/i.test(refusal.details);
}

/** An error of the server, or of the connection to it, as one clear line. Any other error stays as it is. */
export function clearError({ server }: Pick<Connected, 'server'>, error: unknown): unknown {
  const refusal = refusalIn(error);
  if (!refusal) return error;
  const { address, namespace } = server;
  const said = refusal.details === '' ? '' : `: ${refusal.details}`;
  switch (refusal.code) {
    case UNAVAILABLE:
    case DEADLINE_EXCEEDED:
      return new ClientError(
        'Unreachable',
        `the Temporal server at ${address} does not answer${said}; coppice up starts the one of this host`,
      );
    case PERMISSION_DENIED:
    case UNAUTHENTICATED:
      return new ClientError(
        'Refused',
        `the Temporal server at ${address} refuses this client${said}; look at TEMPORAL_API_KEY, the TLS settings and the namespace ${namespace}`,
      );
    case RESOURCE_EXHAUSTED:
      return new ClientError(
        'Refused',
        `the Temporal server at ${address} has too much to do${said}; try again in a minute`,
      );
    case NOT_FOUND:
      return new ClientError(
        'Refused',
        `the Temporal server at ${address} has no such thing${said}`,
      );
    default:
      return new ClientError(
        'Refused',
        `the Temporal server at ${address} could not do it${said || `, gRPC status ${refusal.code}`}`,
      );
  }
}
