import type { PlannedIssue } from '../../domain/run/plan.ts';
import type { RunInput } from '../../domain/run/run.ts';
import { readyToStart, type StartableIssue, startable } from '../../domain/run/schedule.ts';
import type { RunState } from '../../domain/run/state.ts';
import type { RunView } from '../../domain/run/views.ts';
import { hasEnded, type SessionReport } from '../../domain/session/reports.ts';
import { DependentNotices } from './notices.ts';

/**
 * How this execution notices that a session's workflow closed: by the handle of its child. A session that a former
 * execution started has none, so its end is polled for.
 */
export type SessionWatch = { readonly workflowId: string } | 'starting' | 'polled';

/** A run's plan and what it knows of its sessions, with every change of either. */
export class Run implements RunView {
  /** The plan as it is now. */
  readonly input: RunInput;
  readonly notices: DependentNotices;
  readonly sessions: Map<number, SessionReport>;
  readonly notStarted: Map<number, string>;
  readonly planned: readonly number[];
  /** Issues that a person put first. */
  first: readonly number[];
  paused: boolean;
  closed: boolean;
  /** Ids of the latest updates. */
  readonly updates: string[];
  /** Whether anything has changed since the run last acted. */
  changed = true;
  /** The order in which issues became ready. */
  readonly #readySince: Map<number, number>;
  /** The latest session of each issue, unless it has closed. */
  readonly #watched = new Map<number, SessionWatch>();

  constructor(input: RunInput, state: RunState) {
    this.input = input;
    this.sessions = new Map(state.sessions.map((report) => [report.issue, report]));
    this.notStarted = new Map(state.notStarted.map(({ issue, reason }) => [issue, reason]));
    this.notices = new DependentNotices({ input, sessions: this.sessions }, state.notices);
    this.planned = state.planned;
    this.paused = state.paused;
    this.closed = state.closed;
    this.updates = state.updates;
    this.first = state.first;
    this.#readySince = new Map(state.ready.map((issue, position) => [issue, position]));
    for (const report of state.sessions)
      if (!hasEnded(report)) this.#watched.set(report.issue, 'polled');
  }

  /** To carry over when the run continues as new. */
  state(): RunState {
    return {
      sessions: [...this.sessions.values()],
      notStarted: [...this.notStarted].map(([issue, reason]) => ({ issue, reason })),
      notices: this.notices.sent,
      first: [...this.first],
      paused: this.paused,
      closed: this.closed,
      ready: [...this.#readySince.keys()].filter((issue) => !this.sessions.has(issue)),
      planned: [...this.planned],
      updates: [...this.updates],
    };
  }

  startable(): StartableIssue[] {
    const { issues, overlaps, concurrency, review, stacking } = this.input;
    if (this.paused) return [];
    for (const { issue } of readyToStart(issues, this.sessions, stacking))
      if (!this.#readySince.has(issue.issue))
        this.#readySince.set(issue.issue, this.#readySince.size);
    const limits = { concurrency, review };
    const { sessions, first } = this;
    const since = this.#readySince;
    return startable({ issues, overlaps, sessions, first, since, limits, stacking });
  }

  isOver(): boolean {
    return this.input.issues.every(({ issue }) => {
      const session = this.sessions.get(issue);
      return session !== undefined && hasEnded(session);
    });
  }

  openSessions(): number[] {
    return [...this.sessions.values()]
      .filter((session) => !hasEnded(session))
      .map(({ issue }) => issue);
  }

  hasStarted = (issue: number): boolean => this.sessions.has(issue);

  wasCancelled = (issue: number): boolean => this.sessions.get(issue)?.status === 'cancelled';

  // What its sessions report, and how they begin and end.

  noteReport(report: SessionReport): void {
    this.sessions.set(report.issue, report);
    // A run that was reset gets reports of sessions that it does not know to have started.
    if (!hasEnded(report) && !this.#watched.has(report.issue))
      this.#watched.set(report.issue, 'polled');
    this.changed = true;
  }

  /** To be called before a session is started, because its first report may come before the start is confirmed. */
  noteStarting(report: SessionReport): void {
    this.#watched.set(report.issue, 'starting');
    this.noteReport(report);
  }

  noteStarted(issue: number, child: SessionWatch): void {
    this.#watched.set(issue, child);
  }

  /** Open sessions whose end must be polled for. */
  polled(): number[] {
    return this.openSessions().filter((issue) => this.#watched.get(issue) === 'polled');
  }

  /** A session closed. Without a report of its end it was terminated, or its input was refused. */
  noteClosed(issue: number, session: SessionWatch): void {
    if (this.#watched.get(issue) !== session) return;
    this.#watched.delete(issue);
    const last = this.sessions.get(issue);
    if (!last || hasEnded(last)) return;
    this.sessions.set(issue, { ...last, status: 'cancelled', atWork: false });
    this.changed = true;
  }

  /** The issue gets no session in this run. Its dependents ask what to do. */
  noteNotStarted(issue: number, reason: string): void {
    this.notStarted.set(issue, reason);
    this.noteReport({ issue, status: 'cancelled', atWork: false, branch: '', pullRequest: null });
  }

  // What a person changes.

  /** Adds an issue. One whose session ended cancelled gets another session. */
  add(entry: PlannedIssue): void {
    const again = this.wasCancelled(entry.issue);
    if (again) {
      this.sessions.delete(entry.issue);
      this.notStarted.delete(entry.issue);
    }
    const others = this.input.issues.filter(({ issue }) => !again || issue !== entry.issue);
    this.input.issues = [...others, entry];
    this.changed = true;
  }

  drop(issue: number): void {
    this.input.issues = this.input.issues.filter((entry) => entry.issue !== issue);
    this.changed = true;
  }

  reorder(first: readonly number[]): void {
    this.first = [...first, ...this.first.filter((issue) => !first.includes(issue))];
    this.changed = true;
  }

  setConcurrency(concurrency: number): void {
    this.input.concurrency = concurrency;
    this.changed = true;
  }

  setPaused(paused: boolean): void {
    this.paused = paused;
    this.changed = true;
  }

  /** The run starts no more sessions. */
  close(reason: string): void {
    this.closed = true;
    for (const { issue } of this.input.issues)
      if (!this.sessions.has(issue)) this.noteNotStarted(issue, reason);
    this.changed = true;
  }
}
