import type { Octokit } from '@octokit/rest';
import type { z } from 'zod';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { translate } from './errors.ts';
import { type GraphqlError, isGraphqlError, translateGraphql } from './graphql-errors.ts';
import { understood } from './responses.ts';

/** One request to GitHub's GraphQL API. */
interface GraphqlCall<Schema extends z.ZodType> {
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** What of the answer is read. */
  readonly schema: Schema;
  /** What is tried, to go on after "GitHub refused to …". */
  readonly doing: string;
  /** The key of the answer whose entries are each an item of its own: one that GitHub fails to read is left out of the answer. */
  readonly items?: string;
}

export interface Graphql {
  /** What GitHub doesn't find, and checks that the token may not read, are null in the answer. */
  query<Schema extends z.ZodType>(call: GraphqlCall<Schema>): Promise<z.output<Schema>>;
  /** A mutation that is never sent twice. The caller must find out whether it was carried out. */
  mutate<Schema extends z.ZodType>(call: GraphqlCall<Schema>): Promise<z.output<Schema>>;
}

/**
 * @param reader takes queries as fast as they come: they are not spaced as writes are
 * @param writer takes mutations
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
      const answer = options.partial ? withoutGaps(error, items) : undefined;
      if (answer === undefined) throw failure;
      data = answer;
    }
    return understood(schema, data, apiUrl);
  }

  return {
    query: (call) => send(reader, call, { partial: true }),
    mutate: (call) => send(writer, call, { retries: 0, partial: false }),
  };
}

/** The answer as far as it can be used, without the items that GitHub failed to read; undefined when it can't be. */
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

/** Whether something isn't there, or a token of little power asked for checks. */
const isGap = ({ type, path = [] }: GraphqlError['errors'][number]): boolean =>
  type === 'NOT_FOUND' ||
  // Without its list nobody could tell them from none.
  (type === 'FORBIDDEN' && path.includes('statusCheckRollup') && path.includes('nodes'));

/** @throws UnknownRepository when the answer has no repository */
export function present<Value>(value: Value | null | undefined, repository: string): Value {
  if (value != null) return value;
  throw new CoppiceError(
    'UnknownRepository',
    `GitHub has no repository ${repository}, or the token may not see it`,
  );
}
