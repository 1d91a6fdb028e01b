import type { Octokit } from '@octokit/rest';
import type { z } from 'zod';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { translate } from './errors.ts';
import { type GraphqlError, isGraphqlError, translateGraphql } from './graphql-errors.ts';
import { parseResponse } from './responses.ts';

/** One request to GitHub's GraphQL API. */
interface GraphqlCall<Schema extends z.ZodType> {
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The parts of the response that Coppice reads. */
  readonly schema: Schema;
  /** What is tried, as a verb phrase that completes "GitHub refused to …". */
  readonly doing: string;
  /**
   * The key of the response whose entries are separate items. An item that GitHub fails to read is left out of
   * the response.
   */
  readonly items?: string;
}

export interface Graphql {
  /**
   * Sends a query. In the response, objects that GitHub does not find and checks that the token may not read
   * are null.
   */
  query<Schema extends z.ZodType>(call: GraphqlCall<Schema>): Promise<z.output<Schema>>;
  /**
   * Sends a mutation once, without retries. If the response is lost, the caller must find out whether the
   * mutation was carried out.
   */
  mutate<Schema extends z.ZodType>(call: GraphqlCall<Schema>): Promise<z.output<Schema>>;
}

/**
 * Makes a GraphQL client.
 * @param reader sends queries, without pauses between them
 * @param writer sends mutations, with the pauses that GitHub asks for
 */
export function createGraphql(reader: Octokit, writer: Octokit, apiUrl: string): Graphql {
  async function send<Schema extends z.ZodType>(
    octokit: Octokit,
    { document, variables, schema, doing, items }: GraphqlCall<Schema>,
    options: { readonly retries?: number; readonly partial: boolean },
  ): Promise<z.output<Schema>> {
    let data: unknown;
    try {
      const request = options.retries === undefined ? {} : { retries: options.retries };
      data = await octokit.graphql(document, { ...variables, request });
    } catch (error) {
      if (!isGraphqlError(error)) throw translate(error, doing, apiUrl);
      const failure = translateGraphql(error, doing);
      const response = options.partial ? withoutGaps(error, items) : undefined;
      if (response === undefined) throw failure;
      data = response;
    }
    return parseResponse(schema, data, apiUrl);
  }

  return {
    query: (call) => send(reader, call, { partial: true }),
    mutate: (call) => send(writer, call, { retries: 0, partial: false }),
  };
}

/**
 * The usable part of a response, without the items that GitHub failed to read; undefined when nothing is
 * usable.
 */
function withoutGaps({ errors, data }: GraphqlError, items: string | undefined): unknown {
  const wrong = errors.filter((error) => !isGap(error));
  if (data == null || wrong.length === 0) return data ?? undefined;
  const { [items ?? '']: found, ...others } = data as Readonly<Record<string, unknown>>;
  if (items === undefined || found == null) return undefined;
  const lost = wrong.map(({ path: [top, item] = [] }) => (top === items ? item : undefined));
  const left = Object.entries(found).filter(([name]) => !lost.includes(name));
  if (lost.includes(undefined) || left.length === 0) return undefined;
  return { ...others, [items]: Object.fromEntries(left) };
}

/**
 * Whether an error only means that an object does not exist, or that the token may not read an item of a list: a check, or
 * a comment of somebody in another organisation.
 */
const isGap = ({ type, path = [] }: GraphqlError['errors'][number]): boolean =>
  type === 'NOT_FOUND' ||
  // Only an error inside the list counts. Without the list, hidden items would look like none.
  (type === 'FORBIDDEN' && path.includes('nodes'));

/**
 * Returns the repository of a response.
 * @throws UnknownRepository when there is none
 */
export function present<Value>(value: Value | null | undefined, repository: string): Value {
  if (value != null) return value;
  throw new CoppiceError(
    'UnknownRepository',
    `GitHub has no repository ${repository}, or the token may not see it`,
  );
}
