import {
  type FeedbackItem,
  type IssueSnapshot,
  versionOf,
} from '../../domain/pull-request/feedback.ts';
import type { PullRequestSnapshot } from '../../domain/pull-request/pull-request.ts';
import type { PullRequestPoll } from '../port.ts';
import type { Watch } from './watches.ts';

/** What a session gets: the current state, and comments that this worker has not sent it yet. */
export interface News {
  readonly pullRequest: PullRequestSnapshot | null;
  /** Null when the issue is gone. */
  readonly issue: IssueSnapshot | null;
  readonly feedback: readonly FeedbackItem[];
}

/** Characters of feedback in one message: Temporal takes two megabytes, and a character may need six bytes. */
const MESSAGE = 200_000;

/** What this process has sent to one session. */
export class Subscriber {
  readonly watch: Watch;
  #told = '';
  /** The fingerprint that what was said was last read at. */
  #readAt: string | undefined;
  #said: readonly FeedbackItem[] = [];
  readonly #delivered = new Set<string>();
  #pullRequest: PullRequestSnapshot | null = null;

  constructor(watch: Watch) {
    this.watch = watch;
  }

  needsReading({ fingerprint }: PullRequestPoll): boolean {
    return fingerprint !== this.#readAt;
  }

  read({ fingerprint }: PullRequestPoll, said: readonly FeedbackItem[]): void {
    this.#said = said;
    this.#readAt = fingerprint;
  }

  /** The messages that the session is to get; none when nothing is new to it. */
  news({ issue, pullRequest: found }: PullRequestPoll): News[] {
    this.#pullRequest = withKnownMergeability(found, this.#pullRequest);
    const state = { issue, pullRequest: this.#pullRequest };
    const unsaid = this.#said.filter((item) => !this.#delivered.has(versionOf(item)));
    if (unsaid.length === 0 && this.#told === essence(state)) return [];
    return inMessages(unsaid).map((feedback) => ({ ...state, feedback }));
  }

  delivered(news: News): void {
    this.#told = essence(news);
    for (const item of news.feedback) this.#delivered.add(versionOf(item));
  }
}

/**
 * While GitHub computes mergeability again, as after each change of the base, the last known value for the same
 * commit is used.
 */
function withKnownMergeability(
  now: PullRequestSnapshot | null,
  before: PullRequestSnapshot | null,
): PullRequestSnapshot | null {
  const isUnchanged = now?.mergeable === 'unknown' && now.headSha === before?.headSha;
  return isUnchanged ? { ...now, mergeable: before.mergeable } : now;
}

/** While more checks run than these, it makes no difference which of them have ended. */
const FEW = 5;

/** What makes a difference to a session: not how many of its checks are still running, unless they are few. */
function essence({ issue, pullRequest }: Omit<News, 'feedback'>): string {
  const { total, pending = 0, notPassed = [], running = [] } = pullRequest?.checks ?? {};
  const few = pending > FEW ? true : running.map(({ id }) => id);
  const checks = { any: total !== 0, running: few, notPassed };
  return JSON.stringify([issue, { ...pullRequest, checks }]);
}

/** At least one message, each of bounded size. */
function inMessages(items: readonly FeedbackItem[]): FeedbackItem[][] {
  const messages: FeedbackItem[][] = [[]];
  let size = 0;
  for (const item of items) {
    size += item.text.length + MESSAGE / 500;
    if (size > MESSAGE) {
      messages.push([]);
      size = item.text.length;
    }
    messages.at(-1)?.push(item);
  }
  return messages;
}
