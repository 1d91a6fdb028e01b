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
import { runWorkflowId } from '../../domain/shared/identity.ts';
import { bestEffortRecord } from '../activities.ts';
import { reportSessionSignal } from '../messages.ts';
import { sessionAttributes, setAttributes } from '../search-attributes.ts';

/**
 * Publishes a session’s status: in the Web UI, to its run, and in the records on disk. Nobody waits for that; `settled`
 * does, before the execution ends.
 */
export class StatusPublisher {
  readonly #state: SessionState;
  /** What the run knows: at first what it assumed when it started the session. */
  #reported: string;
  #reporting: Promise<void> = Promise.resolve();
  /** What a person sees on the disk once all that is on its way is written. */
  #written = '';
  #isWrittenStuck = false;
  /** Whether anything was published that is not on its way yet. */
  #isDue = false;
  #writing: Promise<void> | undefined;
  /** Out of reach of the session's own cancellation, which is to be written too. */
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
   * Publishes the status of a step, whose activity carries it to the disk. What says that the session is stuck is
   * written over at once, since the activity may wait for its turn.
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

  /** Its host is gone: nothing can be written there. */
  leaveHost(): void {
    this.#isHostGone = true;
    this.#writer.cancel();
  }

  /** Publishes it in the Web UI and to the run alone. */
  show(): void {
    setAttributes(sessionAttributes(this.#state.input, this.#state.status));
    setCurrentDetails(describe(this.#state));
    const { input } = this.#state;
    const report = toReport(this.#state);
    if (input.run === undefined || reportKey(report) === this.#reported) return;
    this.#reported = reportKey(report);
    const run = runWorkflowId(input.repository, input.run);
    this.#reporting = this.#reporting.then(() => reportTo(run, report));
  }

  /** What is given to the disk now. */
  #takeDetail(): SessionDetail {
    const detail = toDetail(this.#state);
    this.#isDue = false;
    this.#written = seen(detail);
    this.#isWrittenStuck = detail.stuck !== null;
    return detail;
  }

  /** One write at a time; what is published meanwhile is written together after it. */
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

/** What a run acts on or shows: a session that plans is registered to it, and a branch counts with its pull request. */
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

/** What a person sees of it: all but the moment. */
const seen = ({ record: { lastHeartbeat: _, ...record }, ...rest }: SessionDetail): string =>
  JSON.stringify({ ...rest, record });

/** What the Web UI shows of the session, in Markdown. */
function describe({ input, status, activity, stuck, pullRequest }: SessionState): string {
  const lines = [`**#${input.issue}** ${status}: ${activity}`];
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
