import type { Octokit } from '@octokit/rest';
import { z } from 'zod';
import type { FeedbackItem } from '../../domain/pull-request/feedback.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { type RepositoryName, splitRepository } from '../../domain/shared/repository.ts';
import { isHttpError, reasons, translate } from '../api/errors.ts';
import type { Graphql } from '../api/graphql.ts';
import { writeOnce } from '../api/write-once.ts';
import type { GitHub, Reaction } from '../port.ts';
import { hasMarker, hiddenMarker, RESOLVES, withMarker } from '../pull-requests/marker.ts';
import {
  type Comment,
  ISSUE_COMMENTS,
  PULL_COMMENTS,
  readList,
  THREADS,
  type Thread,
  wholeThread,
} from './discussion.ts';
import { isAmongBots } from './thread.ts';

type Replies = Pick<GitHub, 'reply' | 'upsertComment' | 'react'>;

type Answer = Omit<Parameters<GitHub['reply']>[2], 'item'>;

const REACTIONS: Readonly<Record<Reaction, string>> = {
  eyes: 'EYES',
  '+1': 'THUMBS_UP',
  '-1': 'THUMBS_DOWN',
  confused: 'CONFUSED',
};

const Anything = z.unknown();

/**
 * Whether GitHub refused a comment because the conversation is locked. Then nothing is posted, and the person
 * is not asked.
 */
const isLocked = (error: unknown): boolean =>
  isHttpError(error, 403) && reasons(error).some((reason) => /\bis locked\b/i.test(reason));

/** Writes Coppice's comments on GitHub. It looks for the marker of a comment before it writes the comment. */
export function createReplies(
  octokit: Octokit,
  graphql: Graphql,
  apiUrl: string,
  late: readonly number[],
): Replies {
  /**
   * The comments with this marker that this token wrote. Others are ignored, because anyone may copy a
   * marker.
   */
  const written = (said: readonly (Comment | null)[], marker: string): Comment[] =>
    said
      .filter((one) => one !== null)
      .filter((one) => one.viewerDidAuthor && hasMarker(one.body, marker));

  async function findComments(
    repository: RepositoryName,
    number: number,
    marker: string,
  ): Promise<Comment[]> {
    for (const list of [PULL_COMMENTS, ISSUE_COMMENTS]) {
      const found = written(await readList(graphql, repository, number, list), marker);
      if (found.length > 0) return found;
    }
    return [];
  }

  /** @returns the comment that was there before */
  const addComment = (
    repository: RepositoryName,
    number: number,
    { marker, text, others = [] }: Answer,
  ): Promise<Comment | undefined> =>
    writeOnce({
      late,
      find: () => findComments(repository, number, marker),
      async write() {
        try {
          await octokit.rest.issues.createComment({
            ...{ ...splitRepository(repository), issue_number: number },
            ...{ body: withMarker(text, ...others, marker) },
          });
        } catch (error) {
          if (isLocked(error)) return;
          throw translate(error, `comment on #${number} of ${repository}`, apiUrl);
        }
      },
      remove: ({ id }) => removeComment('deleteIssueComment', id),
    });

  /** Deletes a comment of Coppice that was written twice. */
  async function removeComment(
    mutation: 'deleteIssueComment' | 'deletePullRequestReviewComment',
    id: string,
  ): Promise<void> {
    try {
      await graphql.mutate({
        document: `mutation ($id: ID!) { ${mutation}(input: { id: $id }) { clientMutationId } }`,
        ...{ variables: { id }, schema: Anything, doing: 'delete a comment written twice' },
      });
    } catch (error) {
      // The comment is deleted already.
      if (!(error instanceof CoppiceError && error.type === 'GitHubRejected')) throw error;
    }
  }

  async function replyInThread(
    repository: RepositoryName,
    number: number,
    thread: string,
    { marker, others = [], text, resolve = false }: Answer,
  ): Promise<boolean> {
    let found: Thread | undefined;
    const resolves = () => resolve && found !== undefined && isAmongBots(found);
    await writeOnce({
      late,
      async find() {
        const threads = await readList(graphql, repository, number, THREADS);
        const listed = threads.find(({ id }) => id === thread);
        found = listed && (await wholeThread(graphql, listed));
        return written(found?.comments.nodes ?? [], marker);
      },
      async write() {
        if (!found) return;
        const body = withMarker(text, ...others, marker);
        await graphql.mutate({
          document: `mutation ($thread: ID!, $body: String!) {
            addPullRequestReviewThreadReply(input: { pullRequestReviewThreadId: $thread, body: $body }) {
              comment { id }
            }
          }`,
          variables: {
            thread,
            body: resolves() ? `${body}${hiddenMarker(RESOLVES)}\n` : body,
          },
          schema: Anything,
          doing: `answer a review thread of #${number} of ${repository}`,
        });
      },
      remove: ({ id }) => removeComment('deletePullRequestReviewComment', id),
    });
    // Somebody may have spoken since the reply was written.
    if (resolves()) await resolveThread(thread);
    return found !== undefined;
  }

  const resolveThread = (thread: string): Promise<unknown> =>
    graphql.mutate({
      document: `mutation ($thread: ID!) {
        resolveReviewThread(input: { threadId: $thread }) { thread { isResolved } }
      }`,
      ...{ variables: { thread }, schema: Anything, doing: 'resolve a review thread' },
    });

  return {
    async reply(repository, number, { item, ...answer }) {
      if (item.thread !== null) return replyInThread(repository, number, item.thread, answer);
      await addComment(repository, number, answer);
      return true;
    },

    async upsertComment(repository, number, { marker, text }) {
      const known = await addComment(repository, number, { marker, text });
      if (!known) return;
      const body = withMarker(text, marker);
      if (known.body.trimEnd() === body.trimEnd()) return;
      try {
        await octokit.rest.issues.updateComment({
          ...{ ...splitRepository(repository), comment_id: Number(known.fullDatabaseId), body },
        });
      } catch (error) {
        if (isHttpError(error, 404))
          return void (await addComment(repository, number, { marker, text }));
        throw translate(error, `edit a comment on #${number} of ${repository}`, apiUrl);
      }
    },

    async react(repository, item: FeedbackItem, reaction) {
      await graphql.mutate({
        document: `mutation ($subject: ID!, $content: ReactionContent!) {
          addReaction(input: { subjectId: $subject, content: $content }) { clientMutationId }
        }`,
        variables: { subject: item.node, content: REACTIONS[reaction] },
        ...{ schema: Anything, doing: `react to a comment in ${repository}` },
      });
    },
  };
}
