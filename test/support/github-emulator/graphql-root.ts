import { GraphQLError } from 'graphql';
import { addReply, react } from './discussion.ts';
import { branches, git } from './git.ts';
import { commitObject } from './graphql-checks.ts';
import { commentObject } from './graphql-comments.ts';
import { issueObject, pullObject, threadObject } from './graphql-items.ts';
import { numberIn } from './node-id.ts';
import type { SessionLocation } from './place.ts';
import { EMULATED_USER, type EmulatedRepository, now, type State } from './state.ts';

export interface GraphqlContext {
  readonly state: State;
  readonly origin: string;
  /** Of the query, in points. */
  readonly cost: number;
  readonly limit: { readonly limit: number; readonly remaining: number; readonly resetAt: string };
}

const REACTIONS = {
  EYES: 'eyes',
  THUMBS_UP: '+1',
  THUMBS_DOWN: '-1',
  CONFUSED: 'confused',
} as const;

type Input<Field extends string> = { readonly input: Readonly<Record<Field, string>> };

/** What queries and mutations begin at; what is not here answers null, or fails where the schema wants a value. */
export function graphqlRoot({ state, origin, cost, limit }: GraphqlContext) {
  const { hidesChecks } = state;
  const repositories = [...state.repositories.values()];

  /** Finds by node id. */
  function locate<Found>(
    nodeId: string,
    find: (repository: EmulatedRepository, id: number) => Found | undefined,
  ): { found: Found; location: SessionLocation } {
    const id = numberIn(nodeId);
    for (const repository of repositories) {
      const found = find(repository, id);
      if (found !== undefined) return { found, location: { repository, origin, hidesChecks } };
    }
    throw failure('NOT_FOUND', `Could not resolve to a node with the global id of '${nodeId}'`);
  }

  const threadBy = (nodeId: string) =>
    locate(nodeId, ({ threads }, id) => threads.find((one) => one.id === id));

  return {
    rateLimit: { ...limit, cost, nodeCount: 0, used: limit.limit - limit.remaining },

    repository({ owner, name }: { owner: string; name: string }) {
      const asked = `${owner}/${name}`.toLowerCase();
      const repository = state.repositories.get(state.renamed.get(asked)?.toLowerCase() ?? asked);
      if (!repository)
        throw failure(
          'NOT_FOUND',
          `Could not resolve to a Repository with the name '${owner}/${name}'.`,
        );
      const location = { repository, origin, hidesChecks };
      return {
        nameWithOwner: `${repository.owner}/${repository.name}`,
        issue({ number }: { number: number }) {
          const issue = repository.issues.get(number);
          if (issue) return issueObject(location, issue);
          throw failure('NOT_FOUND', `Could not resolve to an Issue with the number of ${number}.`);
        },
        pullRequest({ number }: { number: number }) {
          const pull = repository.pulls.get(number);
          if (pull) return pullObject(location, pull);
          const what = `a PullRequest with the number of ${number}`;
          throw failure('NOT_FOUND', `Could not resolve to ${what}.`);
        },
        async object({ expression }: { expression: string }) {
          const [ref = '', path] = expression.split(':');
          if (path !== undefined) return blobAt(repository.directory, ref, path);
          const tips = await branches(repository.directory);
          const commit = expression.includes('~')
            ? await ancestorAt(repository.directory, expression)
            : (tips.get(expression.replace(/^refs\/heads\//, '')) ?? expression);
          return /^[0-9a-f]{40}$/.test(commit) ? commitObject(location, commit) : null;
        },
      };
    },

    node({ id }: { id: string }) {
      const { found, location } = threadBy(id);
      return threadObject(location, found);
    },

    resolveReviewThread({ input: { threadId } }: Input<'threadId'>) {
      const { found, location } = threadBy(threadId);
      Object.assign(found, { isResolved: true, resolvedBy: EMULATED_USER });
      return { thread: threadObject(location, found) };
    },

    addPullRequestReviewThreadReply({
      input: { pullRequestReviewThreadId: thread, body },
    }: Input<'pullRequestReviewThreadId' | 'body'>) {
      const { found, location } = threadBy(thread);
      const comment = addReply(state, location.repository, found.id, {
        author: EMULATED_USER,
        body,
      });
      return { comment: { ...commentObject(location, comment, 'PullRequestReviewComment') } };
    },

    deleteIssueComment({ input: { id } }: Input<'id'>) {
      const { found, location } = locate(id, ({ comments }, own) =>
        comments.find((one) => one.id === own),
      );
      location.repository.comments.splice(location.repository.comments.indexOf(found), 1);
      return { clientMutationId: null };
    },

    deletePullRequestReviewComment({ input: { id } }: Input<'id'>) {
      const { found } = locate(id, ({ threads }, own) =>
        threads.find(({ comments }) => comments.some((one) => one.id === own)),
      );
      const index = found.comments.findIndex((one) => one.id === numberIn(id));
      found.comments.splice(index, 1);
      return { clientMutationId: null };
    },

    addReaction({ input: { subjectId, content } }: Input<'subjectId' | 'content'>) {
      const { found } = locate(subjectId, ({ comments, reviews, threads }, id) =>
        [...comments, ...reviews, ...threads.flatMap((thread) => thread.comments)].find(
          (one) => one.id === id,
        ),
      );
      react(found, EMULATED_USER, REACTIONS[content as keyof typeof REACTIONS]);
      return { clientMutationId: null };
    },

    markPullRequestReadyForReview({ input: { pullRequestId } }: Input<'pullRequestId'>) {
      const { found, location } = locate(pullRequestId, ({ pulls }, id) =>
        [...pulls.values()].find((one) => one.id === id),
      );
      if (found.state === 'closed') throw failure('UNPROCESSABLE', 'Pull request is closed');
      Object.assign(found, { draft: false, updatedAt: now() });
      return { pullRequest: pullObject(location, found) };
    },
  };
}

/** A file of a commit; null when it isn't there. */
/** The commit that an expression such as `main~2` names; empty when there is none. */
const ancestorAt = (directory: string, expression: string): Promise<string> =>
  git(directory, 'rev-parse', '--verify', '--quiet', expression).catch(() => '');

async function blobAt(directory: string, ref: string, path: string) {
  const listed = await git(directory, 'ls-tree', ref, '--', path);
  if (listed === '') return null;
  return { __typename: 'Blob', text: await git(directory, 'show', `${ref}:${path}`) };
}

const failure = (type: string, message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { type } });
