import { type FeedbackItem, MAX_FEEDBACK_TEXT } from '../../domain/pull-request/feedback.ts';
import type { RepositoryName } from '../../domain/shared/repository.ts';
import type { Graphql } from '../api/graphql.ts';
import type { MayWrite } from '../api/permissions.ts';
import type { Watched } from '../port.ts';
import { isOurs } from '../pull-requests/marker.ts';
import {
  ISSUE_COMMENTS,
  PULL_COMMENTS,
  REVIEWS,
  type Review,
  readList,
  type Said,
  THREADS,
  type Thread,
} from './discussion.ts';

/** The name that GitHub shows for a deleted account. */
const GHOST = 'ghost';

export const createFeedback = (graphql: Graphql, mayWrite: MayWrite) => ({
  async readFeedback(
    repository: RepositoryName,
    { issue, pullRequest }: Watched,
  ): Promise<FeedbackItem[]> {
    const onIssue = await readList(graphql, repository, issue, ISSUE_COMMENTS);
    const found = onIssue.map((said) => comment(said, true));
    if (pullRequest !== null) {
      const comments = await readList(graphql, repository, pullRequest, PULL_COMMENTS);
      const reviews = await readList(graphql, repository, pullRequest, REVIEWS);
      const threads = await readList(graphql, repository, pullRequest, THREADS);
      found.push(
        ...comments.map((said) => comment(said, false)),
        ...reviews.flatMap(fromReview),
        ...threads.flatMap(fromThread),
      );
    }
    const items: FeedbackItem[] = [];
    for (const { said, ...about } of found) {
      if (said.isMinimized || isOurs(said.body)) continue;
      const author = said.author?.login ?? GHOST;
      const bot = said.author?.__typename === 'Bot';
      items.push({
        ...about,
        ...{ node: said.id, author, bot, url: said.url, at: said.createdAt },
        mayWrite: !bot && said.author !== null && (await mayWrite(repository, author)),
        text: cut(said),
      });
    }
    return items.sort((a, b) => a.at.localeCompare(b.at));
  },
});

interface Found extends Pick<FeedbackItem, 'id' | 'kind' | 'onIssue' | 'path' | 'line' | 'thread'> {
  readonly said: Said;
}

const NOWHERE = { path: null, line: null, thread: null };

const comment = (said: Said, onIssue: boolean): Found => ({
  ...{ said, id: `comment:${said.fullDatabaseId}`, kind: 'comment', onIssue, ...NOWHERE },
});

/** An approval requests nothing, and neither does a review that only contains threads. */
function fromReview(said: Review): Found[] {
  const asks = said.state === 'CHANGES_REQUESTED';
  if (!asks && (said.state !== 'COMMENTED' || said.body.trim() === '')) return [];
  const kind = asks ? 'review' : 'comment';
  return [{ said, id: `review:${said.fullDatabaseId}`, kind, onIssue: false, ...NOWHERE }];
}

/** The latest comment, when someone else has the last word. A pending one is seen by its author only: not said yet. */
function fromThread({ id: thread, isResolved, path, line, comments }: Thread): Found[] {
  const said = (comments.nodes ?? []).findLast((one) => one !== null && one.state !== 'PENDING');
  if (isResolved || !said || isOurs(said.body)) return [];
  const id = `reply:${said.fullDatabaseId}`;
  return [{ said, id, kind: 'thread', onIssue: false, path, line, thread }];
}

function cut({ body, url }: Said): string {
  if (body.length <= MAX_FEEDBACK_TEXT) return body.toWellFormed();
  const notice = `\n[Cut here: the whole comment of ${body.length} characters is at ${url}]`;
  return body.slice(0, MAX_FEEDBACK_TEXT - notice.length).toWellFormed() + notice;
}
