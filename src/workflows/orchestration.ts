import { log, setHandler } from '@temporalio/workflow';
import type { RunInput, RunResult, RunStatus } from '../domain/run.ts';
import { type Start, startable, waitingFor } from '../domain/schedule.ts';
import { hasEnded, SessionReport } from '../domain/session.ts';
import { runStatusQuery, sessionSignal } from './messages.ts';

/** What a run knows; plain data, so that it survives continue-as-new. */
export interface RunState {
  readonly sessions: SessionReport[];
  /** Issues that got no session, and why. */
  readonly notStarted: RunResult['notStarted'];
  /** Merges that dependents were told of, as `dependency>dependent`. */
  readonly told: string[];
}

/** A run's knowledge of its sessions, and the messages that change it. */
export class Run {
  readonly input: RunInput;
  /** Whether anything was heard since it was last set to false. */
  changed = true;
  readonly #sessions: Map<number, SessionReport>;
  readonly #notStarted: Map<number, string>;
  readonly #told: Set<string>;

  constructor(input: RunInput, carried?: RunState) {
    this.input = input;
    this.#sessions = new Map(carried?.sessions.map((report) => [report.issue, report]));
    this.#notStarted = new Map(carried?.notStarted.map(({ issue, reason }) => [issue, reason]));
    this.#told = new Set(carried?.told);
    setHandler(runStatusQuery, () => this.status());
    setHandler(sessionSignal, (input) => {
      const report = SessionReport.safeParse(input);
      if (report.success) this.hear(report.data);
      else log.warn('ignored a session signal that is not valid', { error: report.error });
    });
  }

  hear(report: SessionReport): void {
    this.#sessions.set(report.issue, report);
    this.changed = true;
  }

  startable(): Start[] {
    const { issues, workers, review, stacking } = this.input;
    return startable(issues, this.#sessions, { workers, review }, stacking);
  }

  /** An issue gets no session of this run; those that depend on it will ask. */
  giveUp(issue: number, reason: string): void {
    this.#notStarted.set(issue, reason);
    this.hear({ issue, status: 'cancelled', branch: '', pullRequest: null });
  }

  /** A session closed without a word: it was terminated, or its input was refused. */
  hearClosed(issue: number): void {
    const last = this.#sessions.get(issue);
    if (last && !hasEnded(last)) this.hear({ ...last, status: 'cancelled' });
  }

  /** Starts nothing more. */
  close(reason: string): void {
    for (const { issue } of this.input.issues) {
      if (!this.#sessions.has(issue)) this.giveUp(issue, reason);
    }
    this.changed = true;
  }

  /** Dependents with an open session that have not heard of a dependency's merge yet; each is returned once. */
  takeUntold(): { dependency: number; dependent: number }[] {
    return this.input.issues.flatMap(({ issue: dependent, after }) => {
      const session = this.#sessions.get(dependent);
      if (!session || hasEnded(session)) return [];
      return after
        .filter((dependency) => this.#isMerged(dependency))
        .filter((dependency) => !this.#told.has(`${dependency}>${dependent}`))
        .map((dependency) => {
          this.#told.add(`${dependency}>${dependent}`);
          return { dependency, dependent };
        });
    });
  }

  isOver(): boolean {
    return this.input.issues.every(({ issue }) => {
      const session = this.#sessions.get(issue);
      return session !== undefined && hasEnded(session);
    });
  }

  status(): RunStatus {
    const { name, repository, workers, issues } = this.input;
    return {
      name,
      repository,
      workers,
      sessions: [...this.#sessions.values()],
      queue: issues
        .filter(({ issue }) => !this.#sessions.has(issue))
        .map((issue) => ({ issue: issue.issue, waitingFor: waitingFor(issue, this.#sessions) })),
    };
  }

  result(): RunResult {
    const ended = [...this.#sessions.values()];
    return {
      merged: ended.filter(({ pullRequest }) => pullRequest?.merged).map(({ issue }) => issue),
      cancelled: ended
        .filter(({ issue, pullRequest }) => !pullRequest?.merged && !this.#notStarted.has(issue))
        .map(({ issue }) => issue),
      notStarted: this.#notStartedList(),
    };
  }

  state(): RunState {
    return {
      sessions: [...this.#sessions.values()],
      notStarted: this.#notStartedList(),
      told: [...this.#told],
    };
  }

  /** What the Web UI shows of the run, in Markdown. */
  describe(): string {
    const { sessions, queue } = this.status();
    return [
      ...sessions.map(
        ({ issue, status, pullRequest }) =>
          `- **#${issue}** ${pullRequest?.merged ? 'merged' : status} ${pullRequest?.url ?? ''}`,
      ),
      ...queue.map(({ issue, waitingFor: what }) => `- #${issue} waits for ${what}`),
    ].join('\n');
  }

  #isMerged(issue: number): boolean {
    return this.#sessions.get(issue)?.pullRequest?.merged === true;
  }

  #notStartedList(): RunResult['notStarted'] {
    return [...this.#notStarted].map(([issue, reason]) => ({ issue, reason }));
  }
}
