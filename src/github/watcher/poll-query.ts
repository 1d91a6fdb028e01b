import { z } from 'zod';
import { Contexts, PAGE, ROLLUP_FRAGMENT } from '../checks/rollup.ts';
import type { Watched } from '../port.ts';

const ISSUE_FRAGMENT = `
  fragment issue on Issue { state title body updatedAt comments { totalCount } }`;

const PULL_FRAGMENTS = `
  fragment pull on PullRequest {
    number url state merged isDraft headRefOid baseRefName mergeable updatedAt
    baseRef { target { oid } }
    latestOpinionatedReviews(first: 50, writersOnly: true) { nodes { state } }
    comments { totalCount }
    reviews { totalCount }
    reviewThreads { totalCount }
    headRef {
      target {
        ... on Commit { oid statusCheckRollup { contexts(first: ${PAGE}) { ...rollup } } }
      }
    }
  }
  ${ROLLUP_FRAGMENT}`;

const Count = z.object({ totalCount: z.number() });

export const Issue = z.object({
  state: z.string(),
  title: z.string(),
  body: z.string(),
  updatedAt: z.string(),
  comments: Count,
});
export type Issue = z.infer<typeof Issue>;

export const Pull = z.object({
  number: z.number(),
  url: z.string(),
  state: z.string(),
  merged: z.boolean(),
  isDraft: z.boolean(),
  headRefOid: z.string(),
  baseRefName: z.string(),
  mergeable: z.string(),
  /** Null once the branch is gone. */
  baseRef: z.object({ target: z.object({ oid: z.string() }).nullable() }).nullable(),
  latestOpinionatedReviews: z
    .object({ nodes: z.array(z.object({ state: z.string() })) })
    .nullable(),
  updatedAt: z.string(),
  comments: Count,
  reviews: Count.nullable(),
  reviewThreads: Count,
  /** Null once the branch is gone. */
  headRef: z
    .object({
      target: z
        .object({
          oid: z.string().optional(),
          statusCheckRollup: z.object({ contexts: Contexts }).nullish(),
        })
        .nullable(),
    })
    .nullable(),
});
export type Pull = z.infer<typeof Pull>;

export const PollResponse = z.object({
  rateLimit: z
    .object({ limit: z.number(), remaining: z.number(), cost: z.number(), resetAt: z.string() })
    .nullable(),
  repository: z.record(z.string(), z.unknown()).nullable(),
});

/**
 * The query, with an aliased field for each issue and pull request. The numbers are validated before, so they
 * are safe in the text.
 */
export function documentFor(watched: readonly Watched[]): string {
  const issues = new Set(watched.map(({ issue }) => issue));
  const pulls = new Set(watched.flatMap(({ pullRequest }) => pullRequest ?? []));
  const fields = [
    ...[...issues].map((number) => `issue${number}: issue(number: ${number}) { ...issue }`),
    ...[...pulls].map((number) => `pull${number}: pullRequest(number: ${number}) { ...pull }`),
  ];
  return `
  query ($owner: String!, $name: String!) {
    rateLimit { limit remaining cost resetAt }
    repository(owner: $owner, name: $name) { ${fields.join('\n')} }
  }
  ${ISSUE_FRAGMENT}
  ${pulls.size > 0 ? PULL_FRAGMENTS : ''}`;
}
