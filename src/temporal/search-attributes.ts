import { type Connection, isGrpcServiceError } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { SEARCH_ATTRIBUTES } from '../domain/shared/identity.ts';
import { ServiceError } from './service-error.ts';

type Name = keyof typeof SEARCH_ATTRIBUTES;

/** temporal.api.enums.v1.IndexedValueType, and its names in the Temporal CLI. */
const TYPES = {
  KEYWORD: { code: 2, name: 'Keyword' },
  INT: { code: 3, name: 'Int' },
} as const satisfies Record<(typeof SEARCH_ATTRIBUTES)[Name], { code: number; name: string }>;

const NAMES = Object.keys(SEARCH_ATTRIBUTES) as Name[];

/** The gRPC status code for an attribute that exists already, and those for missing permission. */
const ALREADY_EXISTS = 6;
const REFUSALS: readonly number[] = [7, 12, 16];

/** The search attributes in the form of `temporal server start-dev --search-attribute`, such as `CoppiceRepo=Keyword`. */
export const searchAttributeArguments = (): string[] =>
  NAMES.map((name) => `${name}=${TYPES[SEARCH_ATTRIBUTES[name]].name}`);

/**
 * Registers the search attributes of Coppice that the namespace lacks.
 * @throws ServiceError NotPermitted, with the command for a person who has the permission
 */
export async function ensureSearchAttributes(
  { operatorService }: Pick<Connection | NativeConnection, 'operatorService'>,
  namespace: string,
): Promise<void> {
  let missing = NAMES;
  try {
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    missing = NAMES.filter((name) => !(name in customAttributes));
    if (missing.length === 0) return;
    await operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(
        missing.map((name) => [name, TYPES[SEARCH_ATTRIBUTES[name]].code]),
      ),
    });
  } catch (error) {
    // Another worker has registered them at the same time.
    if (hasCode(error, [ALREADY_EXISTS])) return;
    if (hasCode(error, REFUSALS)) throw notPermitted(namespace, missing);
    throw error;
  }
}

const hasCode = (error: unknown, codes: readonly number[]): boolean =>
  isGrpcServiceError(error) && codes.includes(error.code);

function notPermitted(namespace: string, missing: readonly Name[]): ServiceError {
  const flags = missing.map(
    (name) => `--name ${name} --type ${TYPES[SEARCH_ATTRIBUTES[name]].name}`,
  );
  const command = `temporal operator search-attribute create --namespace ${namespace} ${flags.join(' ')}`;
  return new ServiceError(
    'NotPermitted',
    `namespace ${namespace} may lack search attributes, and these credentials can't add them; somebody who can should run: ${command}`,
  );
}
