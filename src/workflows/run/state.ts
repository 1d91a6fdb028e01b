import { log, setHandler } from '@temporalio/workflow';
import type { PlannedIssue } from '../../domain/run/plan.ts';
import type { RunInput, RunResult, RunStatus } from '../../domain/run/run.ts';
import { readyToStart, type Start, startable, waitingFor } from '../../domain/run/schedule.ts';
import { hasEnded, hasMerged, SessionReport } from '../../domain/session/session.ts';
import { reportSessionSignal, runStatusQuery } from '../messages.ts';
import { DependentNotices } from './notices.ts';

/** What a run knows; plain data, so that it survives continue-as-new. */
export interface RunState {
  readonly sessions: SessionReport[];
  /** Issues that got no session, and why. */
  readonly notStarted: RunResult['notStarted'];
  /** See `DependentNotices`. */
  readonly told: (readonly [string, string])[];
  /** Issues a person put first. */
  readonly first: number[];
  readonly paused: boolean;
  readonly closed: boolean;
  /** Issues that could have started, the one that has waited longest first. */
  readonly ready: number[];
  /** The issues it was started with. */
  readonly planned: number[];
}

/** Stands for the sessions that a former execution started, or that were started before the run was reset. */
export const CARRIED = {};

/** Stands for one that is just being started. */
const STARTING = {};

/** Lines of sessions, and of issues that wait, in the Web UI. */
const SHOWN = 100;

/** A run's knowledge of its sessions, and the messages that change it. */
export class Run {
  readonly input: RunInput;
  /** What has been told of all this. */
  readonly notices: DependentNotices;
  paused: boolean;
  /** Whether it was cancelled: nothing can be added. */
  closed: boolean;
  /** Whether anything was heard since it was last set to false. */
  changed = true;
  readonly #sessions: Map<number, SessionReport>;
  readonly #notStarted: Map<number, string>;
  readonly #planned: number[];
  /** The order in which issues became ready. */
  readonly #readySince: Map<number, number>;
  #first: number[];
  /** The latest session of each issue. */
  readonly #open = new Map<number, object>();

  constructor(input: RunInput, carried?: RunState) {
    this.input = input;
    this.#sessions = new Map(carried?.sessions.map((report) => [report.issue, report]));
    this.#notStarted = new Map(carried?.notStarted.map(({ issue, reason }) => [issue, reason]));
    this.notices = new DependentNotices({ input, sessions: this.#sessions }, carried?.told);
    this.#first = [...(carried?.first ?? [])];
    this.#planned = carried?.planned ?? input.issues.map(({ issue }) => issue);
    this.paused = carried?.paused ?? false;
    this.closed = carried?.closed ?? false;
    this.#readySince = new Map(carried?.ready.map((issue, location) => [issue, location]));
    for (const report of carried?.sessions ?? [])
      if (!hasEnded(report)) this.#open.set(report.issue, CARRIED);
    setHandler(runStatusQuery, () => this.status(), runStatusQuery.options);
    setHandler(
      reportSessionSignal,
      (input) => {
        const report = SessionReport.safeParse(input);
        if (report.success) this.#hear(report.data);
        else log.warn('ignored a session signal that is not valid', { error: report.error });
      },
      reportSessionSignal.options,
    );
  }

  #hear(report: SessionReport): void {
    this.noteReport(report);
    // A run that was reset hears of sessions that it does not know to have started.
    if (!hasEnded(report) && !this.#open.has(report.issue)) this.#open.set(report.issue, CARRIED);
  }

  noteReport(report: SessionReport): void {
    this.#sessions.set(report.issue, report);
    this.changed = true;
  }

  /** To be called before a session is started: what it says of itself may come with the news that it was. */
  noteStarting(report: SessionReport): void {
    this.#open.set(report.issue, STARTING);
    this.noteReport(report);
  }

  noteStarted(issue: number, session: object): void {
    this.#open.set(issue, session);
  }

  /** Issues whose sessions this execution did not start, and that are open still. */
  carried(): number[] {
    return [...this.#open]
      .filter(([issue, session]) => session === CARRIED && this.#isOpen(issue))
      .map(([issue]) => issue);
  }

  startable(): Start[] {
    const { issues, concurrency, review, stacking } = this.input;
    if (this.paused) return [];
    for (const { issue } of readyToStart(issues, this.#sessions, stacking))
      if (!this.#readySince.has(issue.issue))
        this.#readySince.set(issue.issue, this.#readySince.size);
    const limits = { concurrency, review };
    return startable(issues, this.#sessions, limits, stacking, this.#first, this.#readySince);
  }

  /** The issue gets no session in this run. Its dependents ask what to do. */
  giveUp(issue: number, reason: string): void {
    this.#notStarted.set(issue, reason);
    this.noteReport({ issue, status: 'cancelled', atWork: false, branch: '', pullRequest: null });
  }

  /** The session closed without a report: it was terminated, or its input was refused. */
  hearClosed(issue: number, session: object): void {
    if (this.#open.get(issue) !== session) return;
    this.#open.delete(issue);
    const last = this.#sessions.get(issue);
    if (last && !hasEnded(last)) this.noteReport({ ...last, status: 'cancelled', atWork: false });
  }

  #isOpen(issue: number): boolean {
    const session = this.#sessions.get(issue);
    return session !== undefined && !hasEnded(session);
  }

  hasStarted = (issue: number): boolean => this.#sessions.has(issue);

  wasCancelled = (issue: number): boolean => this.#sessions.get(issue)?.status === 'cancelled';

  /** An issue whose session ended cancelled gets another one. */
  add(entry: PlannedIssue): void {
    const again = this.wasCancelled(entry.issue);
    if (again) {
      this.#sessions.delete(entry.issue);
      this.#notStarted.delete(entry.issue);
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
    this.#first = [...first, ...this.#first.filter((issue) => !first.includes(issue))];
    this.changed = true;
  }

  setConcurrency(concurrency: number): void {
    this.input.concurrency = concurrency;
    this.changed = true;
  }

  /** @returns the open sessions, to be told */
  setPaused(paused: boolean): number[] {
    this.paused = paused;
    this.changed = true;
    return [...this.#sessions.values()]
      .filter((session) => !hasEnded(session))
      .map(({ issue }) => issue);
  }

  /** Starts nothing more. */
  close(reason: string): void {
    this.closed = true;
    for (const { issue } of this.input.issues) {
      if (!this.#sessions.has(issue)) this.giveUp(issue, reason);
    }
    this.changed = true;
  }

  isOver(): boolean {
    return this.input.issues.every(({ issue }) => {
      const session = this.#sessions.get(issue);
      return session !== undefined && hasEnded(session);
    });
  }

  status(): RunStatus {
    const { name, repository, concurrency, issues } = this.input;
    return {
      name,
      repository,
      concurrency,
      paused: this.paused,
      closed: this.closed,
      planned: this.#planned,
      sessions: [...this.#sessions.values()],
      titles: Object.fromEntries(
        issues.flatMap(({ issue, title }) => (title === undefined ? [] : [[issue, title]])),
      ),
      queue: issues
        .filter(({ issue }) => !this.#sessions.has(issue))
        .map((issue) => ({ issue: issue.issue, waitingFor: waitingFor(issue, this.#sessions) })),
      notStarted: this.#notStartedList(),
    };
  }

  result(): RunResult {
    const ended = [...this.#sessions.values()];
    return {
      merged: ended.filter(hasMerged).map(({ issue }) => issue),
      cancelled: ended
        .filter((session) => !hasMerged(session) && !this.#notStarted.has(session.issue))
        .map(({ issue }) => issue),
      notStarted: this.#notStartedList(),
    };
  }

  state(): RunState {
    return {
      sessions: [...this.#sessions.values()],
      notStarted: this.#notStartedList(),
      told: this.notices.state(),
      first: this.#first,
      paused: this.paused,
      closed: this.closed,
      ready: [...this.#readySince.keys()].filter((issue) => !this.#sessions.has(issue)),
      planned: this.#planned,
    };
  }

  /** What the Web UI shows of the run, in Markdown: what is open first, and no more than anyone reads. */
  describe(): string {
    const sessions = [...this.#sessions.values()];
    const waiting = this.input.issues.filter(({ issue }) => !this.#sessions.has(issue));
    const inOrder = [
      ...sessions.filter((session) => !hasEnded(session)),
      ...sessions.filter(hasEnded),
    ];
    return [
      ...some(
        inOrder,
        (session) =>
          `- **#${session.issue}** ${hasMerged(session) ? 'merged' : session.status} ${session.pullRequest?.url ?? ''}`,
      ),
      ...some(waiting, (one) => `- #${one.issue} waits for ${waitingFor(one, this.#sessions)}`),
    ].join('\n');
  }

  #notStartedList(): RunResult['notStarted'] {
    return [...this.#notStarted].map(([issue, reason]) => ({ issue, reason }));
  }
}

/** Lines are made of no more than are shown: this is done at every change, and again at every replay. */
const some = <T>(items: readonly T[], line: (item: T) => string): string[] => [
  ...items.slice(0, SHOWN).map(line),
  ...(items.length > SHOWN ? [`- and ${items.length - SHOWN} more`] : []),
];
