import { notFound } from './answers.ts';
import { type EmulatedRepository, itemOf, now, pullOf, type State } from './state.ts';

/** What people and bots say on issues and pull requests. */

export type Reaction = 'eyes' | '+1' | '-1' | 'confused';

export interface EmulatedComment {
  readonly id: number;
  /** Of the issue or pull request it stands on. */
  readonly number: number;
  /** Login, ending in `[bot]` for a bot; null for a deleted account. */
  readonly author: string | null;
  body: string;
  readonly createdAt: string;
  updatedAt: string;
  editedAt?: string;
  /** Hidden, as spam or off-topic say. */
  isMinimized?: boolean;
  readonly reactions: { readonly author: string; readonly content: Reaction }[];
}

type ReviewState = 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';

export interface EmulatedReview extends EmulatedComment {
  state: ReviewState;
  readonly commit: string;
}

export interface EmulatedThread {
  readonly id: number;
  /** Of the pull request. */
  readonly number: number;
  readonly path: string;
  readonly line: number | null;
  readonly startLine: number | null;
  /** Whether these lines have changed since. */
  isOutdated: boolean;
  readonly hunk: string;
  isResolved: boolean;
  /** Login. */
  resolvedBy?: string;
  readonly comments: (EmulatedComment & { readonly isPending: boolean })[];
}

export interface NewComment {
  readonly author: string | null;
  readonly body: string;
}

export interface NewReview {
  readonly author: string | null;
  readonly state: ReviewState;
  readonly body?: string;
  /** Each begins a thread. */
  readonly comments?: readonly {
    readonly path: string;
    readonly line: number | null;
    readonly startLine?: number;
    readonly hunk?: string;
    readonly body: string;
  }[];
}

export interface Said {
  readonly id: number;
  /** The threads it began, by their ids. */
  readonly threads: readonly number[];
}

function newComment(state: State, number: number, { author, body }: NewComment): EmulatedComment {
  const at = now();
  return {
    ...{ id: state.nextId(), number, author, body },
    ...{ createdAt: at, updatedAt: at, reactions: [] },
  };
}

/** Speaking changes the time at which an issue or pull request was changed. */
function touch(repository: EmulatedRepository, number: number): void {
  itemOf(repository, number).updatedAt = now();
}

/** @throws ApiError 404 */
export function addComment(
  state: State,
  repository: EmulatedRepository,
  number: number,
  comment: NewComment,
): EmulatedComment {
  touch(repository, number);
  const added = newComment(state, number, comment);
  repository.comments.push(added);
  return added;
}

/** @throws ApiError 404 */
export function editComment(
  repository: EmulatedRepository,
  id: number,
  body: string,
  at = now(),
): EmulatedComment {
  const comment = repository.comments.find((one) => one.id === id);
  if (!comment) throw notFound();
  Object.assign(comment, { body, updatedAt: at, editedAt: at });
  touch(repository, comment.number);
  return comment;
}

/** @throws ApiError 404 */
export function removeComment(repository: EmulatedRepository, id: number): void {
  const index = repository.comments.findIndex((one) => one.id === id);
  const [removed] = index < 0 ? [] : repository.comments.splice(index, 1);
  if (!removed) throw notFound();
  touch(repository, removed.number);
}

/** @throws ApiError 404 */
export function addReview(
  state: State,
  repository: EmulatedRepository,
  number: number,
  { author, state: verdict, body = '', comments = [] }: NewReview,
): Said {
  const pull = pullOf(repository, number);
  const review = {
    ...newComment(state, number, { author, body }),
    ...{ state: verdict, commit: pull.headSha },
  };
  repository.reviews.push(review);
  const threads = comments.map(({ path, line, startLine, hunk, body: text }): EmulatedThread => {
    const comment = newComment(state, number, { author, body: text });
    const isPending = verdict === 'PENDING';
    return {
      ...{ id: state.nextId(), number, path, line, startLine: startLine ?? null },
      ...{ isResolved: false, isOutdated: false, hunk: hunk ?? '' },
      comments: [{ ...comment, isPending }],
    };
  });
  repository.threads.push(...threads);
  // A review that is not handed in yet is seen by its author only, and changes nothing.
  if (verdict !== 'PENDING') touch(repository, number);
  return { id: review.id, threads: threads.map(({ id }) => id) };
}

/** @throws ApiError 404 */
export function addReply(
  state: State,
  repository: EmulatedRepository,
  thread: number,
  { author, body }: NewComment,
): EmulatedComment {
  const { number, comments } = threadOf(repository, thread);
  touch(repository, number);
  const comment = { ...newComment(state, number, { author, body }), isPending: false };
  comments.push(comment);
  return comment;
}

/** @throws ApiError 404 */
export function threadOf(repository: EmulatedRepository, id: number): EmulatedThread {
  const thread = repository.threads.find((one) => one.id === id);
  if (!thread) throw notFound();
  return thread;
}

/** Reacting twice in the same way is reacting once, and changes no time. */
export function react(comment: EmulatedComment, author: string, content: Reaction): void {
  if (!comment.reactions.some((one) => one.author === author && one.content === content))
    comment.reactions.push({ author, content });
}

export const commentsOn = ({ comments }: EmulatedRepository, number: number): EmulatedComment[] =>
  comments.filter((one) => one.number === number);
