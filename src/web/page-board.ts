import { type Board, type BoardSession, isOpen } from '../client/types.ts';
import { waitsForPerson } from '../client/waiting.ts';
import { waitText } from '../domain/run/schedule.ts';
import type { SessionRecord } from '../domain/session/session.ts';

/** A session as the page shows it on the board. */
export interface PageSession {
  readonly record: SessionRecord;
  /** Whether it can still be guided. */
  readonly open: boolean;
  /** What it waits for a person for, in words; absent when it does not. */
  readonly need?: string;
  /** Why its workflow does not answer, and what to do; absent when it does. */
  readonly silence?: string;
}

/** An issue that has not started. */
interface PageQueued {
  readonly issue: number;
  readonly run: string;
  readonly title: string;
  /** `waits for #126` */
  readonly waits: string;
}

/** The board as the page shows it: what follows from rules is decided here, so that the page has none of its own. */
export interface PageBoard {
  /** Whether a service answered; otherwise all is as it was recorded last. */
  readonly live: boolean;
  readonly runs: readonly {
    readonly name: string;
    readonly paused: boolean;
    readonly concurrency: number;
  }[];
  readonly sessions: readonly PageSession[];
  readonly queue: readonly PageQueued[];
}

export const pageBoard = ({ source, runs, sessions }: Board): PageBoard => ({
  live: source === 'live',
  runs: runs.map(({ name, paused, concurrency }) => ({ name, paused, concurrency })),
  sessions: sessions.map(pageSession(new Set(waitsForPerson(sessions)))),
  queue: runs.flatMap(({ name, queue, titles }) =>
    queue.map(({ issue, ...wait }) => ({
      ...{ issue, run: name, title: titles[issue] ?? '', waits: waitText(wait) },
    })),
  ),
});

const pageSession =
  (asking: ReadonlySet<number>) =>
  (session: BoardSession): PageSession => {
    const { record, unresponsive } = session;
    const open = isOpen(session);
    const need = asking.has(record.issueNumber)
      ? 'needs your answer'
      : open && record.status === 'complete'
        ? 'waits for your review'
        : undefined;
    return {
      ...{ record, open },
      ...(need !== undefined && { need }),
      ...(unresponsive && { silence: `${unresponsive.cause}. ${unresponsive.advice}` }),
    };
  };
