import type { FeedbackItem } from '../../domain/pull-request/feedback.ts';
import { rightsMatter } from '../../domain/pull-request/rights.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import type { RepositoryName } from '../../domain/shared/repository.ts';
import type { Graphql } from '../api/graphql.ts';
import type { MayWrite } from '../api/permissions.ts';
import type { GitHub, Watched } from '../port.ts';
import { hasCoppiceMarker, repliedIn } from '../pull-requests/marker.ts';
import {
  type Comment,
  ISSUE_COMMENTS,
  PULL_COMMENTS,
  REVIEWS,
  type Review,
  readList,
  THREADS,
  type Thread,
  TIMELINE_EVENTS,
  wholeThread,
} from './discussion.ts';
import { shownOf } from './shown.ts';
import { type Found, fromThread, isSettled, mayBeOpen } from './thread.ts';

const DEED_KINDS: Readonly<Record<string, FeedbackItem['kind']>> = {
  RemovedFromMergeQueueEvent: 'dequeued',
  AssignedEvent: 'assigned',
  UnassignedEvent: 'unassigned',
};

/** The name that GitHub shows for a deleted account. */
const GHOST = 'ghost';

export const createFeedback = (
  graphql: Graphql,
  mayWrite: MayWrite,
): Pick<GitHub, 'readFeedback'> => {
  async function readDeeds(repository: RepositoryName, number: number): Promise<FeedbackItem[]> {
    const items: FeedbackItem[] = [];
    for (const deed of await readList(graphql, repository, number, TIMELINE_EVENTS)) {
      const kind = DEED_KINDS[deed.__typename];
      // An assignee without a name is no user of GitHub, such as one of an import, or is gone.
      if (!kind || (kind !== 'dequeued' && !deed.assignee?.login)) continue;
      const author = deed.actor?.login ?? GHOST;
      const bot = deed.actor?.__typename === 'Bot';
      items.push({
        ...{ id: `${kind}:${deed.id}`, node: deed.id, kind, onIssue: false, author, bot },
        mayWrite: kind === 'assigned' && !bot && (await mayWrite(repository, author)),
        text: (deed.reason ?? deed.assignee?.login ?? 'no reason was given').slice(0, 500),
        ...{ url: '', at: deed.createdAt, edited: null, ...NOWHERE },
      });
    }
    return items;
  }

  async function readFeedback(
    repository: RepositoryName,
    { issue, pullRequest }: Watched,
  ): Promise<FeedbackItem[]> {
    const onIssue = await readList(graphql, repository, issue, ISSUE_COMMENTS);
    const found = onIssue.map((said) => comment(said, true));
    if (pullRequest !== null) {
      const comments = await readList(graphql, repository, pullRequest, PULL_COMMENTS);
      const reviews = await readList(graphql, repository, pullRequest, REVIEWS);
      const threads: Thread[] = [];
      for (const thread of await readList(graphql, repository, pullRequest, THREADS))
        if (mayBeOpen(thread)) threads.push(await wholeThread(graphql, thread));
      found.push(
        ...comments.map((said) => comment(said, false)),
        ...withoutSuperseded(reviews).flatMap(fromReview),
        ...threads.flatMap(fromThread),
      );
    }
    const deeds = pullRequest === null ? [] : await readDeeds(repository, pullRequest).catch(none);
    const items: FeedbackItem[] = [];
    const answered = repliedIn(found.map(({ said }) => said));
    for (const { said, ...about } of found) {
      if (
        said.isMinimized ||
        hasCoppiceMarker(said.body) ||
        isSettled(said, answered.get(about.id))
      )
        continue;
      const author = said.author?.login ?? GHOST;
      const bot = said.author?.__typename === 'Bot';
      const { text, hidden } = shownOf(said, bot);
      // Nobody sees that anything was said.
      if (text === '' && said.body.trim() !== '' && about.kind !== 'review') continue;
      const isAsked = said.author !== null && rightsMatter({ ...about, bot, text });
      items.push({
        ...about,
        ...{ node: said.id, author, bot, url: said.url, at: said.createdAt },
        edited: said.lastEditedAt,
        mayWrite: isAsked && (await mayWrite(repository, author)),
        text,
        ...(hidden.length > 0 && { hidden: [...hidden] }),
      });
    }
    items.push(...deeds);
    return items.sort((a, b) => a.at.localeCompare(b.at));
  }

  return { readFeedback };
};

/** A server that is too old tells nothing of them, or a token may not read them. What is said is heard all the same. */
function none(error: unknown): FeedbackItem[] {
  if (error instanceof CoppiceError) return [];
  throw error;
}

const NOWHERE = {
  ...{ path: null, line: null, startLine: null, outdated: false, hunk: '', thread: null },
};

const comment = (said: Comment, onIssue: boolean): Found => ({
  ...{ said, id: `comment:${said.fullDatabaseId}`, kind: 'comment', onIssue, ...NOWHERE },
});

/** Without the requests for changes after which the same person approved. GitHub lists reviews by time. */
const withoutSuperseded = (reviews: readonly Review[]): Review[] =>
  reviews.filter(
    ({ state, author }, index) =>
      state !== 'CHANGES_REQUESTED' ||
      !reviews
        .slice(index + 1)
        .some((later) => later.state === 'APPROVED' && later.author?.login === author?.login),
  );

/** A review without text is ignored, unless it requests changes. */
function fromReview(said: Review): Found[] {
  const asks = said.state === 'CHANGES_REQUESTED';
  const speaks = ['COMMENTED', 'APPROVED'].includes(said.state) && said.body.trim() !== '';
  if (!asks && !speaks) return [];
  const kind = asks ? 'review' : 'comment';
  return [{ said, id: `review:${said.fullDatabaseId}`, kind, onIssue: false, ...NOWHERE }];
}
