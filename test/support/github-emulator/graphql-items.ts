import { commentsOn, type EmulatedReview, type EmulatedThread } from './discussion.ts';
import { branches, conflicts } from './git.ts';
import { commitObject } from './graphql-checks.ts';
import { actorObject, commentObject, pageOf, userObject } from './graphql-comments.ts';
import { connection, type Paging } from './graphql-paging.ts';
import { nodeId } from './node-id.ts';
import type { SessionLocation } from './place.ts';
import type { EmulatedEvent, EmulatedIssue, EmulatedPullRequest } from './state.ts';

/** Issues and pull requests, as objects of GitHub's GraphQL schema. */

/** What issues and pull requests have in common. */
const itemObject = (location: SessionLocation, item: EmulatedIssue | EmulatedPullRequest) => ({
  ...{ number: item.number, title: item.title, body: item.body ?? '' },
  ...{ createdAt: item.createdAt, updatedAt: item.updatedAt, closedAt: item.closedAt },
  comments: (paging: Paging) =>
    connection(
      commentsOn(location.repository, item.number).map((one) =>
        commentObject(location, one, 'IssueComment'),
      ),
      paging,
    ),
});

export const issueObject = (location: SessionLocation, issue: EmulatedIssue) => ({
  ...itemObject(location, issue),
  ...{ __typename: 'Issue', id: nodeId('Issue', issue.id), state: issue.state.toUpperCase() },
  url: pageOf(location, issue.number),
});

export const pullObject = (location: SessionLocation, pull: EmulatedPullRequest) => ({
  ...itemObject(location, pull),
  ...{ __typename: 'PullRequest', id: nodeId('PullRequest', pull.id) },
  ...{ isDraft: pull.draft, merged: pull.mergedAt !== null, mergedAt: pull.mergedAt },
  ...{ headRefName: pull.head, headRefOid: pull.headSha },
  ...{ baseRefName: pull.base, baseRefOid: pull.baseSha },
  url: pageOf(location, pull.number),
  state: pull.mergedAt === null ? pull.state.toUpperCase() : 'MERGED',
  async mergeable() {
    if (pull.state === 'closed') return 'UNKNOWN';
    const { directory } = location.repository;
    return (await conflicts(directory, pull.baseSha, pull.headSha)) ? 'CONFLICTING' : 'MERGEABLE';
  },
  async headRef() {
    // An open pull request follows its branch; of one that has ended the branch may be gone.
    const isThere =
      pull.state === 'open' || (await branches(location.repository.directory)).has(pull.head);
    return isThere ? { target: commitObject(location, pull.headSha) } : null;
  },
  reviews: (paging: Paging) =>
    connection(
      location.repository.reviews
        .filter(({ number }) => number === pull.number)
        .map((review) => reviewObject(location, review)),
      paging,
    ),
  async baseRef() {
    const isThere = (await branches(location.repository.directory)).has(pull.base);
    return isThere
      ? { name: pull.base, target: { __typename: 'Commit', oid: pull.baseSha } }
      : null;
  },
  timelineItems({ itemTypes, ...paging }: Paging & { itemTypes?: readonly string[] }) {
    const events = [
      { __typename: 'BaseRefDeletedEvent', createdAt: pull.baseDeletedAt },
      { __typename: 'ClosedEvent', createdAt: pull.closedAt },
      ...pull.events.map(eventObject),
    ].filter(({ createdAt }) => createdAt !== null);
    return connection(
      events.filter(({ __typename: type }) => !itemTypes || itemTypes.includes(enumOf(type))),
      paging,
    );
  },
  latestOpinionatedReviews(paging: Paging) {
    const opinions = location.repository.reviews.filter(
      ({ number, state }) =>
        number === pull.number && (state === 'APPROVED' || state === 'CHANGES_REQUESTED'),
    );
    const latest = new Map(opinions.map((review) => [review.author, review]));
    const objects = [...latest.values()].map((review) => reviewObject(location, review));
    return connection(objects, paging);
  },
  reviewThreads: (paging: Paging) =>
    connection(
      location.repository.threads
        .filter(({ number }) => number === pull.number)
        .map((thread) => threadObject(location, thread)),
      paging,
    ),
});

/** A type's name as GitHub's enums have it: ClosedEvent is CLOSED_EVENT. */
const enumOf = (type: string): string => type.replace(/(?<=.)(?=[A-Z])/g, '_').toUpperCase();

const eventObject = ({ id, kind, actor, createdAt, assignee, reason }: EmulatedEvent) => ({
  ...{ __typename: kind, id: nodeId(kind, id), createdAt, actor: actorObject(actor) },
  ...(assignee !== undefined && { assignee: actorObject(assignee) }),
  ...(reason !== undefined && { reason }),
});

const reviewObject = (location: SessionLocation, review: EmulatedReview) => ({
  ...commentObject(location, review, 'PullRequestReview'),
  ...{ state: review.state, submittedAt: review.state === 'PENDING' ? null : review.createdAt },
});

export const threadObject = (location: SessionLocation, thread: EmulatedThread) => ({
  ...{ __typename: 'PullRequestReviewThread', id: nodeId('Thread', thread.id) },
  ...{ isResolved: thread.isResolved, isOutdated: thread.isOutdated, path: thread.path },
  resolvedBy: thread.isResolved ? userObject(thread.resolvedBy ?? 'somebody') : null,
  // GitHub no longer tells where lines are that have changed.
  ...(thread.isOutdated
    ? { line: null, startLine: null }
    : { line: thread.line, startLine: thread.startLine }),
  ...{ originalLine: thread.line, originalStartLine: thread.startLine },
  comments: (paging: Paging) =>
    connection(
      thread.comments.map((comment) => ({
        ...commentObject(location, comment, 'PullRequestReviewComment'),
        diffHunk: thread.hunk,
        state: comment.isPending ? 'PENDING' : 'SUBMITTED',
      })),
      paging,
    ),
});
