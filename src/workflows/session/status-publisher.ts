import { getExternalWorkflowHandle, log, setCurrentDetails } from '@temporalio/workflow';
import { type SessionState, toDetail, toReport } from '../../domain/session/state.ts';
import { answerCommand } from '../../domain/session/turn.ts';
import { runWorkflowId } from '../../domain/shared/identity.ts';
import { bestEffortRecord } from '../activities.ts';
import { reportSessionSignal } from '../messages.ts';
import { markSession } from '../search-attributes.ts';

/** Publishes a session’s status: in the Web UI, to its run, and in the records on disk. */
export class StatusPublisher {
  readonly #state: SessionState;
  /** What its run was last told. */
  #toldRun = '';
  /** Its host is gone: nothing can be recorded there. */
  withoutHost = false;

  constructor(state: SessionState) {
    this.#state = state;
  }

  async publish(): Promise<void> {
    markSession(this.#state);
    setCurrentDetails(describe(this.#state));
    await Promise.all([this.#tellRun(), this.#record()]);
  }

  async #tellRun(): Promise<void> {
    const { input } = this.#state;
    const report = toReport(this.#state);
    // The run gets only changes that it acts on, not every step.
    const news = JSON.stringify(report);
    if (input.run === undefined || news === this.#toldRun) return;
    this.#toldRun = news;
    const run = getExternalWorkflowHandle(runWorkflowId(input.repository, input.run));
    try {
      await run.signal(reportSessionSignal, report);
    } catch (error) {
      log.info('the run has ended before its session', { error });
    }
  }

  async #record(): Promise<void> {
    const { registration } = this.#state;
    if (!registration || this.withoutHost) return;
    const { location } = registration;
    try {
      await bestEffortRecord(location).recordStatus({ location, detail: toDetail(this.#state) });
    } catch (error) {
      log.warn('the status could not be written to disk', { error });
    }
  }
}

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
        ...stuck.options.map((option) => `- ${option}`),
      );
    if (stuck.context !== '') lines.push('', `**Context:** ${stuck.context}`);
    lines.push('', `Answer with \`${answerCommand(input.issue, stuck.asksFor)}\``);
  }
  if (pullRequest) lines.push('', `Pull request: ${pullRequest.url}`);
  return lines.join('\n');
}
