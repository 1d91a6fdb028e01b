import {
  buildSchema,
  execute,
  type GraphQLError,
  type GraphQLSchema,
  parse,
  validate,
} from 'graphql';
import type { Answer } from './answers.ts';
import { priceOf } from './graphql-price.ts';
import { type GraphqlContext, graphqlRoot } from './graphql-root.ts';

let schema: Promise<GraphQLSchema> | undefined;

/** GitHub's published schema: 1.2 MB, read when first needed, and only once. */
function githubSchema(): Promise<GraphQLSchema> {
  schema ??= import('@octokit/graphql-schema').then((published) =>
    buildSchema(published.schema.idl, { assumeValid: true }),
  );
  return schema;
}

export interface GraphqlRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

export interface GraphqlAnswer extends Answer {
  /** In points. */
  readonly cost: number;
}

/** Executes a query as GitHub does: what its schema doesn't have, or costs too much, is refused with status 200. */
export async function answerGraphql(
  request: GraphqlRequest,
  context: Omit<GraphqlContext, 'cost'>,
): Promise<GraphqlAnswer & { readonly refusals: readonly string[] }> {
  const github = await githubSchema();
  const document = parse(request.query);
  const refused = validate(github, document);
  const price = priceOf(github, document, request.variables ?? {});
  const refusals = [...refused.map(({ message }) => message), ...price.refusals];
  if (refusals.length > 0) {
    const errors = refusals.map((message) => ({ message }));
    return { status: 200, body: { errors }, cost: 1, refusals };
  }
  const { data, errors } = await execute({
    schema: github,
    document,
    rootValue: graphqlRoot({ ...context, cost: price.cost }),
    variableValues: request.variables ?? {},
  });
  return {
    status: 200,
    body: { data, ...(errors && { errors: errors.map(described) }) },
    ...{ cost: price.cost, refusals: [] },
  };
}

/** GitHub says the kind of an error beside its message. */
const described = ({ message, path, extensions }: GraphQLError) => ({
  ...{ type: extensions.type, path, message },
});
