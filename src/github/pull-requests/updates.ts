import { z } from 'zod';
import { type RepositoryName, splitRepository } from '../../domain/shared/repository.ts';
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

const HistoryAnswer = z.object({
  repository: z
    .object({
      object: z
        .object({
          history: z
            .object({ nodes: z.array(z.object({ oid: z.string() }).nullable()).nullable() })
            .optional(),
        })
        .nullable(),
    })
    .nullable(),
});

const FIELDS =
  '... on Commit { message committedViaWeb authoredDate author { email } parents(first: 3) { nodes { oid } } }';

const parentsOf = (
  commit: { readonly parents?: z.infer<typeof Commit>['parents'] | undefined } | null,
) => commit?.parents?.nodes?.map((parent) => parent?.oid) ?? [];

/** Whether a commit is among the latest 100 of a branch. The button merges the commit that the branch is at. */
async function isOn(
  graphql: Graphql,
  repository: RepositoryName,
  branch: string,
  commit: string,
): Promise<boolean> {
  const { owner, repo: name } = splitRepository(repository);
  const response = await graphql.query({
    document: `
      query ($owner: String!, $name: String!, $branch: String!) {
        repository(owner: $owner, name: $name) {
          object(expression: $branch) { ... on Commit { history(first: 100) { nodes { oid } } } }
        }
      }`,
    variables: { owner, name, branch: `refs/heads/${branch}` },
    schema: HistoryAnswer,
    doing: `read the commits of ${branch} of ${repository}`,
  });
  const { nodes } = present(response.repository, repository).object?.history ?? {};
  return nodes?.some((node) => node?.oid === commit) ?? false;
}

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

  async isUpdateOf(repository, commit, before, base) {
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
    const [first, second] = parents;
    // A merge that somebody made elsewhere, or of another branch, may have a repair in it.
    if (parents.length === 2 && second !== undefined)
      return (
        first === before &&
        now?.committedViaWeb === true &&
        (await isOn(graphql, repository, base, second))
      );
    // A rebased commit keeps its author, the author's date, and its message. So does an amended one, on the same parent.
    return (
      parents.length === 1 &&
      first !== parentsOf(old)[0] &&
      old?.message !== undefined &&
      now?.message === old.message &&
      now.authoredDate === old.authoredDate &&
      now.author?.email === old.author?.email
    );
  },
});
