import {
  CancellationScope,
  getExternalWorkflowHandle,
  log,
  setCurrentDetails,
} from '@temporalio/workflow';
import type { CarriesStatus } from '../../activities/carried-status.ts';
import { answerCommand } from '../../domain/session/answer-command.ts';
import { optionCommand, optionLine } from '../../domain/session/options.ts';
import { toDetail, toReport } from '../../domain/session/projections.ts';
import type { SessionReport } from '../../domain/session/reports.ts';
import type { SessionDetail } from '../../domain/session/session.ts';
import type { SessionState } from '../../domain/session/state.ts';
import { statusOf } from '../../domain/session/status.ts';
import { runWorkflowId } from '../../domain/shared/identity.ts';
import { bestEffortRecord } from '../activities.ts';
import { reportSessionSignal } from '../messages.ts';
import { sessionAttributes, setAttributes } from '../search-attributes.ts';

/**
 * Publishes a session's status in the Web UI, to its run, and in the records on disk. Callers do not wait for
 * that. Before the execution ends, `settled` waits for it.
 */
export class StatusPublisher {
  readonly #state: SessionState;
  /** The report that the run has. At first it is the one that the run assumed when it started the session. */
  #reported: string;
  #reporting: Promise<void> = Promise.resolve();
  /** The status that is on disk when all pending writes are done. */
  #written = '';
  #isWrittenStuck = false;
  /** Whether something was published that is not being written yet. */
  #isDue = false;
  #writing: Promise<void> | undefined;
  /**
   * The session's cancellation does not reach this scope, because the cancellation itself must be written
   * too.
   */
  readonly #writer = new CancellationScope({
    cancellable: true,
    parent: new CancellationScope({ cancellable: false }),
  });
  #isHostGone = false;

  constructor(state: SessionState) {
    this.#state = state;
    const isNew = state.phase === 'register' && !state.registration;
    this.#reported = isNew ? reportKey(toReport(state)) : '';
  }

  publish(): void {
    this.show();
    this.#write();
  }

  /**
   * Publishes the status of a step whose activity writes it to disk. If the status on disk says that the
   * session is stuck, it is overwritten at once, because the activity may have to wait.
   */
  carried(): CarriesStatus {
    this.show();
    if (this.#isWrittenStuck || !this.#state.registration) {
      this.#write();
      return {};
    }
    return { status: this.#takeDetail() };
  }

  /** Waits until everything is published. */
  async settled(): Promise<void> {
    await this.#reporting;
    await this.#writing;
  }

  get isHostGone(): boolean {
    return this.#isHostGone;
  }

  /** Stops writing, because the host does not answer. */
  leaveHost(): void {
    this.#isHostGone = true;
    this.#writer.cancel();
  }

  /** Publishes the status only in the Web UI and to the run. */
  show(): void {
    setAttributes(sessionAttributes(this.#state.input, statusOf(this.#state)));
    setCurrentDetails(describe(this.#state));
    const { input } = this.#state;
    const report = toReport(this.#state);
    if (input.run === undefined || reportKey(report) === this.#reported) return;
    this.#reported = reportKey(report);
    const run = runWorkflowId(input.repository, input.run);
    this.#reporting = this.#reporting.then(() => reportTo(run, report));
  }

  /** The status to write to disk now. */
  #takeDetail(): SessionDetail {
    const detail = toDetail(this.#state);
    this.#isDue = false;
    this.#written = seen(detail);
    this.#isWrittenStuck = detail.stuck !== null;
    return detail;
  }

  /** Writes to disk, one write at a time. Changes during a write are written together after it. */
  #write(): void {
    this.#isDue = true;
    this.#writing ??= this.#writer
      .run(() => this.#writeWhileDue())
      .finally(() => {
        this.#writing = undefined;
      });
  }

  async #writeWhileDue(): Promise<void> {
    while (this.#isDue) {
      this.#isDue = false;
      const { registration } = this.#state;
      if (!registration || this.#isHostGone) return;
      if (seen(toDetail(this.#state)) === this.#written) return;
      const { location } = registration;
      try {
        await bestEffortRecord(location).recordStatus({ location, detail: this.#takeDetail() });
      } catch (error) {
        log.warn('the status could not be written to disk', { error });
      }
    }
  }
}

/**
 * The parts of a report on which a run acts, or which it shows. A session that plans is `registered` to the
 * run, and a branch counts only with its pull request.
 */
const reportKey = ({ status, branch, ...report }: SessionReport): string =>
  JSON.stringify({
    ...report,
    status: status === 'planning' ? 'registered' : status,
    ...(report.pullRequest && { branch }),
  });

const reportTo = (run: string, report: SessionReport): Promise<void> =>
  CancellationScope.nonCancellable(async () => {
    try {
      await getExternalWorkflowHandle(run).signal(reportSessionSignal, report);
    } catch (error) {
      log.info('the run has ended before its session', { error });
    }
  });

/** The parts of the status that a person sees: everything except the heartbeat. */
const seen = ({ record: { lastHeartbeat: _, ...record }, ...rest }: SessionDetail): string =>
  JSON.stringify({ ...rest, record });

/** The session's details for the Web UI, in Markdown. */
function describe(state: SessionState): string {
  const { input, activity, stuck, pullRequest } = state;
  const lines = [`**#${input.issue}** ${statusOf(state)}: ${activity}`];
  if (stuck) {
    lines.push('', `**Decision needed:** ${stuck.decision}`);
    if (stuck.options.length > 0)
      lines.push(
        '',
        '**Options considered:**',
        '',
        ...stuck.options.map((option, index) => {
          const command = optionCommand(input.issue, index + 1, option);
          const line = optionLine(option, index + 1);
          return command === undefined ? line : `${line} — \`${command}\``;
        }),
      );
    if (stuck.context !== '') lines.push('', `**Context:** ${stuck.context}`);
    lines.push('', `Answer with \`${answerCommand(input.issue, stuck)}\``);
  }
  if (pullRequest) lines.push('', `Pull request: ${pullRequest.url}`);
  return lines.join('\n');
}
