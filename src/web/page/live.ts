import { useEffect, useState } from 'preact/hooks';
import type { BoardUpdate } from '../feed.ts';
import type { PageBoard } from '../page-board.ts';
import { logInByLink, type RequestError } from './api.ts';

export interface Live {
  readonly repository: string;
  readonly board: PageBoard | undefined;
  /** Why what is shown may be old, or why nothing is shown. */
  readonly trouble: string | undefined;
}

/** How long to wait before the stream of events is opened again, in milliseconds. */
const AGAIN = 2_000;

/** The board, kept up to date by the server's events. The stream is opened again by itself when it breaks. */
export function useLive(): Live {
  const [live, setLive] = useState<Live>({ repository: '', board: undefined, trouble: undefined });
  useEffect(() => {
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const change = (part: Partial<Live>) => setLive((known) => ({ ...known, ...part }));
    const open = () => {
      source = new EventSource('/api/events');
      source.addEventListener('repository', ({ data }) =>
        change({ repository: JSON.parse(data) as string, trouble: undefined }),
      );
      source.addEventListener('news', ({ data }) => {
        const news = JSON.parse(data) as BoardUpdate;
        if (news.kind === 'board') change({ board: news.board, trouble: undefined });
        else change({ trouble: news.text });
      });
      source.addEventListener('error', () => {
        source?.close();
        void whyClosed().then((trouble) => {
          change({ trouble });
          timer = setTimeout(open, AGAIN);
        });
      });
    };
    logInByLink()
      .catch((error: RequestError) => change({ trouble: error.message }))
      .finally(open);
    return () => {
      source?.close();
      clearTimeout(timer);
    };
  }, []);
  return live;
}

/** A stream of events tells no reason, so the same is asked for by a request. */
async function whyClosed(): Promise<string> {
  try {
    const stop = new AbortController();
    const answer = await fetch('/api/events', { signal: stop.signal });
    if (!answer.ok) return ((await answer.json()) as { error: string }).error;
    stop.abort();
    return 'The connection broke; it is opened again.';
  } catch {
    return 'The board’s server does not answer. The page asks again until it does.';
  }
}

/** The time, again each second, for ages. In milliseconds since 1970. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
