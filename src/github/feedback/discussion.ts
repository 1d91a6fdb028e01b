import { z } from 'zod';
import { type RepositoryName, splitRepository } from '../../domain/shared/repository.ts';
import { type Graphql, present } from '../api/graphql.ts';
import { PAGE } from '../checks/rollup.ts';

/**
 * Comments, reviews and events of issues and pull requests, read from GitHub's GraphQL API to the last page.
 */

/** How many comments of a review thread are read: the latest ones. */
const LATEST = 30;

const SAID_FIELDS =
  'id fullDatabaseId author { __typename login } body url createdAt lastEditedAt isMinimized viewerDidAuthor';

const PAGE_FIELDS = 'pageInfo { hasNextPage endCursor }';

const REPLY_FIELDS = `pageInfo { hasPreviousPage startCursor } nodes { ${SAID_FIELDS} state diffHunk }`;

const Comment = z.object({
  id: z.string(),
  /** A 64-bit number, as text. */
  fullDatabaseId: z.union([z.string(), z.number()]).transform(String),
  /** Null when the account is deleted. */
  author: z.object({ __typename: z.string(), login: z.string() }).nullable(),
  body: z.string(),
  url: z.string(),
  createdAt: z.string(),
  lastEditedAt: z.string().nullable(),
  isMinimized: z.boolean(),
  viewerDidAuthor: z.boolean(),
});
export type Comment = z.infer<typeof Comment>;

const Review = Comment.extend({ state: z.string() });
export type Review = z.infer<typeof Review>;

const Reply = Comment.extend({ state: z.string(), diffHunk: z.string() });
export type Reply = z.infer<typeof Reply>;

const Replies = z.object({
  pageInfo: z.object({ hasPreviousPage: z.boolean(), startCursor: z.string().nullable() }),
  nodes: z.array(Reply.nullable()).nullable(),
});

const Thread = z.object({
  id: z.string(),
  isResolved: z.boolean(),
  /** Null when it is not resolved, and for an app. */
  resolvedBy: z.object({ isViewer: z.boolean() }).nullable(),
  path: z.string(),
  line: z.number().nullable(),
  startLine: z.number().nullable(),
  /** The lines when the comment was made. They may have moved or changed since. */
  originalLine: z.number().nullable(),
  originalStartLine: z.number().nullable(),
  isOutdated: z.boolean(),
  comments: Replies,
});
export type Thread = z.infer<typeof Thread>;

/** A paged list of GitHub's GraphQL API. */
interface List<Item> {
  readonly on: 'issue' | 'pullRequest';
  readonly name: 'comments' | 'reviews' | 'reviewThreads' | 'timelineItems';
  /** Further arguments of the list. */
  readonly only?: string;
  readonly fields: string;
  readonly item: z.ZodType<Item>;
}

export const ISSUE_COMMENTS: List<Comment> = {
  ...{ on: 'issue', name: 'comments', fields: SAID_FIELDS, item: Comment },
};
export const PULL_COMMENTS: List<Comment> = {
  ...{ on: 'pullRequest', name: 'comments', fields: SAID_FIELDS, item: Comment },
};
export const REVIEWS: List<Review> = {
  ...{ on: 'pullRequest', name: 'reviews', fields: `${SAID_FIELDS} state`, item: Review },
};
export const THREADS: List<Thread> = {
  ...{ on: 'pullRequest', name: 'reviewThreads', item: Thread },
  fields: `id isResolved resolvedBy { isViewer } path line startLine originalLine originalStartLine isOutdated
    comments(last: ${LATEST}) { ${REPLY_FIELDS} }`,
};

const Actor = z.object({ __typename: z.string(), login: z.string() });

const TimelineEvent = z.object({
  __typename: z.string(),
  id: z.string(),
  createdAt: z.string(),
  actor: Actor.nullable(),
  reason: z.string().nullish(),
  assignee: z.object({ login: z.string().optional() }).nullish(),
});
export type TimelineEvent = z.infer<typeof TimelineEvent>;

const DEED_FIELDS = 'id createdAt actor { __typename login }';
const ASSIGNEE = 'assignee { ... on User { login } ... on Bot { login } }';

/**
 * Events of a pull request that show who takes care of it: assignments, and removals from the merge queue.
 */
export const TIMELINE_EVENTS: List<TimelineEvent> = {
  ...{ on: 'pullRequest', name: 'timelineItems', item: TimelineEvent },
  only: ', itemTypes: [REMOVED_FROM_MERGE_QUEUE_EVENT, ASSIGNED_EVENT, UNASSIGNED_EVENT]',
  fields: `__typename
    ... on RemovedFromMergeQueueEvent { ${DEED_FIELDS} reason }
    ... on AssignedEvent { ${DEED_FIELDS} ${ASSIGNEE} }
    ... on UnassignedEvent { ${DEED_FIELDS} ${ASSIGNEE} }`,
};

/**
 * Reads all pages of a list of an issue or pull request; empty when the issue or pull request does not exist.
 */
export async function readList<Item>(
  graphql: Graphql,
  repository: RepositoryName,
  number: number,
  { on, name, only = '', fields, item }: List<Item>,
): Promise<Item[]> {
  const { owner, repo } = splitRepository(repository);
  const listed = z.object({
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
    nodes: z.array(item.nullable()).nullable(),
  });
  const schema = z.object({
    repository: z.object({ item: z.object({ list: listed.nullable() }).nullable() }).nullable(),
  });
  const items: Item[] = [];
  let after: string | null = null;
  do {
    const response: z.infer<typeof schema> = await graphql.query({
      document: `
        query ($owner: String!, $name: String!, $number: Int!, $after: String) {
          repository(owner: $owner, name: $name) {
            item: ${on}(number: $number) {
              list: ${name}(first: ${PAGE}, after: $after${only}) { ${PAGE_FIELDS} nodes { ${fields} } }
            }
          }
        }`,
      variables: { owner, name: repo, number, after },
      schema,
      doing: `read what is said on #${number} of ${repository}`,
    });
    const list = present(response.repository, repository).item?.list;
    items.push(...(list?.nodes ?? []).filter((one) => one !== null));
    after = list?.pageInfo.hasNextPage ? list.pageInfo.endCursor : null;
  } while (after !== null);
  return items;
}

const Earlier = z.object({ node: z.object({ comments: Replies.optional() }).nullable() });

/** A thread with all of its comments, of which the list of threads has the latest. */
export async function wholeThread(graphql: Graphql, thread: Thread): Promise<Thread> {
  let { comments } = thread;
  while (comments.pageInfo.hasPreviousPage) {
    const { node } = await graphql.query({
      document: `
        query ($thread: ID!, $before: String) {
          node(id: $thread) {
            ... on PullRequestReviewThread { comments(last: ${PAGE}, before: $before) { ${REPLY_FIELDS} } }
          }
        }`,
      variables: { thread: thread.id, before: comments.pageInfo.startCursor },
      schema: Earlier,
      doing: 'read the earlier comments of a review thread',
    });
    const earlier = node?.comments;
    if (!earlier) break;
    comments = { ...earlier, nodes: [...(earlier.nodes ?? []), ...(comments.nodes ?? [])] };
  }
  return { ...thread, comments };
}
