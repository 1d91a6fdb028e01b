import {
  type FeedbackItem,
  type IssueSnapshot,
  versionOf,
} from '../../domain/pull-request/feedback.ts';
import type { PullRequestSnapshot } from '../../domain/pull-request/pull-request.ts';
import type { PullRequestPoll } from '../port.ts';
import type { Watch } from './watches.ts';

/** What is sent to a session: the current state, and comments that this worker has not sent to it yet. */
export interface Update {
  readonly pullRequest: PullRequestSnapshot | null;
  /** Null when the issue was deleted or moved, or the token may not see it. */
  readonly issue: IssueSnapshot | null;
  readonly feedback: readonly FeedbackItem[];
}

/**
 * How many characters of feedback one message may have. Temporal allows two megabytes, and a character may
 * need six bytes.
 */
const MESSAGE = 200_000;

/** A session that gets changes, and what this process has sent to it. */
export class Subscriber {
  readonly watch: Watch;
  #told = '';
  /** The fingerprint at which comments were last read. */
  #readAt: string | undefined;
  #said: readonly FeedbackItem[] = [];
  /** The last version of each comment that was sent. */
  readonly #delivered = new Map<string, Sent>();
  #pullRequest: PullRequestSnapshot | null = null;
  /** The running checks that were sent, and when, in milliseconds since 1970. */
  #running = { ids: '', at: 0 };
  readonly #now: () => number;

  constructor(watch: Watch, now: () => number = Date.now) {
    this.watch = watch;
    this.#now = now;
  }

  /** Whether comments must be read again. */
  needsReading({ fingerprint }: PullRequestPoll): boolean {
    return fingerprint !== this.#readAt;
  }

  /** Stores the comments that were read. */
  read({ fingerprint }: PullRequestPoll, said: readonly FeedbackItem[]): void {
    this.#said = said;
    this.#readAt = fingerprint;
  }

  /** The messages to send to the session; none when nothing has changed. */
  updates({ issue, pullRequest: found }: PullRequestPoll): Update[] {
    this.#pullRequest = withKnownMergeability(found, this.#pullRequest);
    const state = { issue, pullRequest: this.#pullRequest };
    const unsaid = this.#said.filter((item) => isNew(item, this.#delivered.get(item.id)));
    const isKnown = this.#told === essence(state) && !this.#isOutdated(state);
    if (unsaid.length === 0 && isKnown) return [];
    return inMessages(unsaid).map((feedback) => ({ ...state, feedback }));
  }

  /** Records that a message was sent. */
  delivered(news: Update): void {
    this.#told = essence(news);
    this.#running = { ids: runningIn(news), at: this.#now() };
    for (const item of news.feedback) this.#delivered.set(item.id, sentOf(item));
  }

  /** Whether other checks are running than a session was told some time ago. It waits for each of them, but not for ever. */
  #isOutdated(state: Omit<Update, 'feedback'>): boolean {
    return runningIn(state) !== this.#running.ids && this.#now() - this.#running.at >= TELL_RUNNING;
  }
}

interface Sent {
  readonly version: string;
  readonly edited: string | null;
}

const sentOf = (item: FeedbackItem): Sent => ({ version: versionOf(item), edited: item.edited });

/**
 * Whether a comment is another one than was sent last. A text that is restored is. GitHub may show an older version
 * again for a while, and what was never edited is the same, whatever is read of it.
 */
const isNew = (item: FeedbackItem, sent: Sent | undefined): boolean =>
  sent === undefined ||
  (item.edited !== null &&
    (sent.edited === null || item.edited >= sent.edited) &&
    versionOf(item) !== sent.version);

/**
 * GitHub computes mergeability again after each change of the base. Until then, the last known value for the
 * same commit is used.
 */
function withKnownMergeability(
  now: PullRequestSnapshot | null,
  before: PullRequestSnapshot | null,
): PullRequestSnapshot | null {
  const isUnchanged = now?.mergeable === 'unknown' && now.headSha === before?.headSha;
  return isUnchanged ? { ...now, mergeable: before.mergeable } : now;
}

/** While more checks than this are running, a session is told which of them have ended only now and then. */
const FEW = 5;

/** How often it is told then, in milliseconds. */
const TELL_RUNNING = 5 * 60_000;

const runningIn = ({ pullRequest }: Omit<Update, 'feedback'>): string =>
  JSON.stringify(pullRequest?.checks.running.map(({ id, runAttempt }) => [id, runAttempt]));

/**
 * The part of the state whose change is sent to the session. The running checks are part of it only when
 * few are left.
 */
function essence({ issue, pullRequest }: Omit<Update, 'feedback'>): string {
  const { total, pending = 0, notPassed = [], running = [], begun } = pullRequest?.checks ?? {};
  const few = pending > FEW ? true : running.map(({ id }) => id);
  const checks = { any: total !== 0, running: few, notPassed, ...(pending === 0 && { begun }) };
  return JSON.stringify([issue, { ...pullRequest, checks }]);
}

/** Splits comments into messages of bounded size, with at least one message. */
function inMessages(items: readonly FeedbackItem[]): FeedbackItem[][] {
  const messages: FeedbackItem[][] = [[]];
  let size = 0;
  for (const item of items) {
    const own = item.text.length + item.hunk.length + MESSAGE / 500;
    size += own;
    if (size > MESSAGE) {
      messages.push([]);
      size = own;
    }
    messages.at(-1)?.push(item);
  }
  return messages;
}
