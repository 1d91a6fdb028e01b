import { hasEnded, hasMerged, type SessionReport } from '../session/reports.ts';
import type { RunInput, RunResult, RunStatus } from './run.ts';
import { waitsOf, waitText } from './schedule.ts';

/** A run as it is now. */
export interface RunView {
  readonly input: RunInput;
  readonly sessions: ReadonlyMap<number, SessionReport>;
  /** Why issues got no session, by issue. */
  readonly notStarted: ReadonlyMap<number, string>;
  readonly planned: readonly number[];
  /** Issues that a person put first. */
  readonly first: readonly number[];
  readonly paused: boolean;
  readonly closed: boolean;
}

/** Most lines of sessions, and of issues that wait, in the Web UI. */
const SHOWN = 100;

/** What the query `status` answers. */
export function runStatus(run: RunView): RunStatus {
  const { name, repository, concurrency, issues, overlaps } = run.input;
  const waits = waitsOf({ ...run, issues, overlaps });
  return {
    ...{ name, repository, concurrency, paused: run.paused, closed: run.closed },
    planned: [...run.planned],
    sessions: [...run.sessions.values()],
    titles: Object.fromEntries(
      issues.flatMap(({ issue, title }) => (title === undefined ? [] : [[issue, title]])),
    ),
    queue: issues
      .filter(({ issue }) => !run.sessions.has(issue))
      .map((issue) => ({ issue: issue.issue, ...waits(issue) })),
    notStarted: reasons(run),
  };
}

/** What the run's workflow returns. */
export function runResult(run: RunView): RunResult {
  const ended = [...run.sessions.values()];
  return {
    merged: ended.filter(hasMerged).map(({ issue }) => issue),
    cancelled: ended
      .filter((session) => !hasMerged(session) && !run.notStarted.has(session.issue))
      .map(({ issue }) => issue),
    notStarted: reasons(run),
  };
}

/** What the Web UI shows of the run, in Markdown: open sessions first, and no more than anyone reads. */
export function runDetails({ input, sessions, first }: RunView): string {
  const all = [...sessions.values()];
  const waits = waitsOf({ ...input, sessions, first });
  const waiting = input.issues.filter(({ issue }) => !sessions.has(issue));
  const inOrder = [...all.filter((session) => !hasEnded(session)), ...all.filter(hasEnded)];
  return [
    ...firstLines(
      inOrder,
      (session) =>
        `- **#${session.issue}** ${hasMerged(session) ? 'merged' : session.status} ${session.pullRequest?.url ?? ''}`,
    ),
    ...firstLines(waiting, (one) => `- #${one.issue} ${waitText(waits(one))}`),
  ].join('\n');
}

const reasons = ({ notStarted }: RunView): RunResult['notStarted'] =>
  [...notStarted].map(([issue, reason]) => ({ issue, reason }));

/** No more lines are made than are shown: this is done at every change, and again at every replay. */
const firstLines = <T>(items: readonly T[], line: (item: T) => string): string[] => [
  ...items.slice(0, SHOWN).map(line),
  ...(items.length > SHOWN ? [`- and ${items.length - SHOWN} more`] : []),
];
