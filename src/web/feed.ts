import { withoutTimes } from '../client/board-changes.ts';
import type { PageBoard } from './page-board.ts';

/** What the page is sent: the board, or why there is none now. */
export type BoardUpdate =
  | { readonly kind: 'board'; readonly board: PageBoard }
  | { readonly kind: 'trouble'; readonly text: string };

type Listener = (news: BoardUpdate) => void;

/** How often the board is read while somebody looks at it, in milliseconds. */
const INTERVAL = 1_000;

/** Reads the board for everybody who looks at it, once for all, and tells of changes. While nobody looks, it reads nothing. */
export class BoardFeed {
  readonly #read: () => Promise<PageBoard>;
  readonly #interval: number;
  readonly #listeners = new Set<Listener>();
  #latest: BoardUpdate | undefined;
  #latestText = '';
  #isRunning = false;
  #reading = false;

  constructor(read: () => Promise<PageBoard>, interval = INTERVAL) {
    this.#read = read;
    this.#interval = interval;
  }

  /** Calls `listener` with what is known, and at each change. @returns what ends that */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    if (this.#latest) listener(this.#latest);
    if (!this.#isRunning) void this.#run();
    return () => void this.#listeners.delete(listener);
  }

  /** Reads at once, because somebody has just changed something. */
  async refresh(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      this.#tell(await this.#read().then(boardNews, troubleNews));
    } finally {
      this.#reading = false;
    }
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#listeners.size > 0) {
      await this.refresh();
      await new Promise((resolve) => setTimeout(resolve, this.#interval).unref());
    }
    this.#isRunning = false;
    this.#latest = undefined;
    this.#latestText = '';
  }

  #tell(news: BoardUpdate): void {
    const text = JSON.stringify(news, withoutTimes);
    if (text === this.#latestText) return;
    this.#latestText = text;
    this.#latest = news;
    for (const listener of this.#listeners) listener(news);
  }
}

const boardNews = (board: PageBoard): BoardUpdate => ({ kind: 'board', board });

const troubleNews = (error: unknown): BoardUpdate => ({
  kind: 'trouble',
  text: error instanceof Error ? error.message : String(error),
});
