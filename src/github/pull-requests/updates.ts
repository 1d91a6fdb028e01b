import { z } from 'zod';
import { splitRepository } from '../../domain/shared/repository.ts';
import { type Graphql, present } from '../api/graphql.ts';
import type { GitHub } from '../port.ts';

const Commit = z.object({
  message: z.string(),
  committedViaWeb: z.boolean(),
  authoredDate: z.string(),
  author: z.object({ email: z.string().nullable() }).nullable(),
  parents: z.object({ nodes: z.array(z.object({ oid: z.string() }).nullable()).nullable() }),
});

const Answer = z.object({
  repository: z
    .object({ now: Commit.partial().nullable(), before: Commit.partial().nullable() })
    .nullable(),
});

const FileAnswer = z.object({
  repository: z.object({ object: z.object({ text: z.string().nullish() }).nullable() }).nullable(),
});

const FIELDS =
  '... on Commit { message committedViaWeb authoredDate author { email } parents(first: 3) { nodes { oid } } }';

const parentsOf = (
  commit: { readonly parents?: z.infer<typeof Commit>['parents'] | undefined } | null,
) => commit?.parents?.nodes?.map((parent) => parent?.oid) ?? [];

/**
 * Recognises a branch that GitHub updated. The button “Update branch” makes a merge of the base, or rebases
 * the same commits onto it.
 */
export const createUpdates = (graphql: Graphql): Pick<GitHub, 'isUpdateOf' | 'textOf'> => ({
  async textOf(repository, branch, path) {
    const { owner, repo: name } = splitRepository(repository);
    const response = await graphql.query({
      document: `
        query ($owner: String!, $name: String!, $file: String!) {
          repository(owner: $owner, name: $name) {
            object(expression: $file) { ... on Blob { text } }
          }
        }`,
      variables: { owner, name, file: `refs/heads/${branch}:${path}` },
      schema: FileAnswer,
      doing: `read ${path} of ${repository}`,
    });
    return present(response.repository, repository).object?.text ?? null;
  },

  async isUpdateOf(repository, commit, before) {
    const { owner, repo: name } = splitRepository(repository);
    const response = await graphql.query({
      document: `
        query ($owner: String!, $name: String!, $now: String!, $before: String!) {
          repository(owner: $owner, name: $name) {
            now: object(expression: $now) { ${FIELDS} }
            before: object(expression: $before) { ${FIELDS} }
          }
        }`,
      variables: { owner, name, now: commit, before },
      schema: Answer,
      doing: `read commit ${commit} of ${repository}`,
    });
    const { now, before: old } = present(response.repository, repository);
    const parents = parentsOf(now);
    // A merge that somebody made elsewhere may have a repair in it.
    if (parents.length === 2) return parents[0] === before && now?.committedViaWeb === true;
    // A rebased commit keeps its author, the author's date, and its message. So does an amended one, on the same parent.
    return (
      parents.length === 1 &&
      parents[0] !== parentsOf(old)[0] &&
      old?.message !== undefined &&
      now?.message === old.message &&
      now.authoredDate === old.authoredDate &&
      now.author?.email === old.author?.email
    );
  },
});
