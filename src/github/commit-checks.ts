import { z } from 'zod';
import { type RepositoryName, splitRepository } from '../domain/repository.ts';
import { type Graphql, present } from './graphql.ts';
import {
  type Context,
  Contexts,
  checksOf,
  PAGE,
  type ReportedCheck,
  ROLLUP_FRAGMENT,
} from './rollup.ts';

const DOCUMENT = `
  query ($owner: String!, $name: String!, $commit: String!, $after: String) {
    repository(owner: $owner, name: $name) {
      object(expression: $commit) {
        ... on Commit { statusCheckRollup { contexts(first: ${PAGE}, after: $after) { ...rollup } } }
      }
    }
  }
  ${ROLLUP_FRAGMENT}`;

const Answer = z.object({
  repository: z
    .object({
      object: z
        .object({ statusCheckRollup: z.object({ contexts: Contexts }).nullish() })
        .nullable(),
    })
    .nullable(),
});

/** All checks of a commit. @param commit its id, or a branch that is at it */
export async function readChecks(
  graphql: Graphql,
  repository: RepositoryName,
  commit: string,
): Promise<ReportedCheck[]> {
  const isId = /^[0-9a-f]{40,64}$/.test(commit);
  const named = isId ? commit : `refs/heads/${commit}`;
  return checksOf(await readContexts(graphql, repository, named, null));
}

/** The checks of a commit after a cursor, page by page. @param commit in a form that git understands */
export async function readContexts(
  graphql: Graphql,
  repository: RepositoryName,
  commit: string,
  cursor: string | null,
): Promise<(Context | null)[]> {
  const { owner, repo } = splitRepository(repository);
  const read: (Context | null)[] = [];
  let after = cursor;
  do {
    const answer = await graphql.query({
      document: DOCUMENT,
      variables: { owner, name: repo, commit, after },
      schema: Answer,
      doing: `read the checks of ${commit} of ${repository}`,
    });
    const contexts = present(answer.repository, repository).object?.statusCheckRollup?.contexts;
    read.push(...(contexts?.nodes ?? []));
    after = contexts?.pageInfo.hasNextPage ? contexts.pageInfo.endCursor : null;
  } while (after !== null);
  return read;
}
