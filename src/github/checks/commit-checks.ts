import { z } from 'zod';
import { type RepositoryName, splitRepository } from '../../domain/shared/repository.ts';
import { type Graphql, present } from '../api/graphql.ts';
import type { ActionsChecks } from './actions-checks.ts';
import { latestChecks, type ReportedCheck, withoutMergeQueue } from './latest-checks.ts';
import { type Context, Contexts, PAGE, ROLLUP_FRAGMENT, reportsOf } from './rollup.ts';

const DOCUMENT = `
  query ($owner: String!, $name: String!, $commit: String!, $after: String) {
    repository(owner: $owner, name: $name) {
      object(expression: $commit) {
        ... on Commit { oid statusCheckRollup { contexts(first: ${PAGE}, after: $after) { ...rollup } } }
      }
    }
  }
  ${ROLLUP_FRAGMENT}`;

const CommitChecksResponse = z.object({
  repository: z
    .object({
      object: z
        .object({
          oid: z.string().optional(),
          statusCheckRollup: z.object({ contexts: Contexts }).nullish(),
        })
        .nullable(),
    })
    .nullable(),
});

/** The commit whose checks are read, and what the rollup has of it. */
interface Rollup {
  readonly repository: RepositoryName;
  readonly sha: string;
  readonly contexts: readonly (Context | null)[];
}

/** Returns each check of a commit once, with the jobs of Actions where the token may not read check runs. */
async function checksOf(
  { repository, sha, contexts }: Rollup,
  actionsChecks: ActionsChecks,
  choose: typeof withoutMergeQueue = (reports) => reports,
): Promise<ReportedCheck[]> {
  const seen = reportsOf(contexts);
  if (!contexts.includes(null) && !actionsChecks.areNeeded(repository))
    return latestChecks(choose(seen));
  const jobs = await actionsChecks.read(repository, sha);
  const runs = new Map([...seen.runs, ...jobs.runs].map((run) => [run.id, run]));
  const attempts = [...seen.attempts, ...jobs.attempts];
  return latestChecks(choose({ attempts, runs: [...runs.values()] }));
}

/** Returns the checks of a pull request's head. The builds of a merge queue are not among them. */
export const checksOfHead = (
  head: Rollup,
  actionsChecks: ActionsChecks,
): Promise<ReportedCheck[]> => checksOf(head, actionsChecks, withoutMergeQueue);

/**
 * Reads all checks of a commit.
 * @param commit a commit id, or the name of a branch; `main~2` is the second commit before its last one
 */
export async function readChecks(
  graphql: Graphql,
  actionsChecks: ActionsChecks,
  repository: RepositoryName,
  commit: string,
): Promise<ReportedCheck[]> {
  const isId = /^[0-9a-f]{40,64}$/.test(commit);
  const named = isId ? commit : `refs/heads/${commit}`;
  const { sha, contexts } = await readContexts(graphql, repository, named, null);
  return sha === undefined ? [] : checksOf({ repository, sha, contexts }, actionsChecks);
}

/**
 * Reads the checks of a commit after a cursor, page by page.
 * @param commit an expression that git understands
 */
export async function readContexts(
  graphql: Graphql,
  repository: RepositoryName,
  commit: string,
  cursor: string | null,
): Promise<{ readonly sha: string | undefined; readonly contexts: (Context | null)[] }> {
  const { owner, repo } = splitRepository(repository);
  const read: (Context | null)[] = [];
  let sha: string | undefined;
  let after = cursor;
  do {
    const response = await graphql.query({
      document: DOCUMENT,
      variables: { owner, name: repo, commit, after },
      schema: CommitChecksResponse,
      doing: `read the checks of ${commit} of ${repository}`,
    });
    const found = present(response.repository, repository).object;
    sha = found?.oid;
    const contexts = found?.statusCheckRollup?.contexts;
    read.push(...(contexts?.nodes ?? []));
    after = contexts?.pageInfo.hasNextPage ? contexts.pageInfo.endCursor : null;
  } while (after !== null);
  return { sha, contexts: read };
}
