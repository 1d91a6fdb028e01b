import { isCancellation, log } from '@temporalio/workflow';
import type { CarriesStatus } from '../../activities/carried-status.ts';
import type { NotificationKind } from '../../domain/notification.ts';
import type { AskedOnIssue } from '../../domain/pull-request/comment-text.ts';
import { notificationOf } from '../../domain/session/answer-command.ts';
import { keepLatest, MOST, shorten } from '../../domain/session/bounds.ts';
import type { Guidance } from '../../domain/session/guidance.ts';
import type { OpenQuestion } from '../../domain/session/open-question.ts';
import { isAnswer } from '../../domain/session/read-guidance.ts';
import {
  markDelivered,
  pendingGuidance,
  type ReceivedGuidance,
} from '../../domain/session/received-guidance.ts';
import type { SessionState } from '../../domain/session/state.ts';
import {
  type NextTurn,
  type Question,
  type QuestionInput,
  questionInFull,
} from '../../domain/session/turn.ts';
import type { SessionSettings } from '../../domain/settings/session-settings.ts';
import { bestEffortComments, hostActivities, repositoryActivities } from '../activities.ts';
import { continueAsNewIfLong } from './continue-as-new.ts';
import { PullRequestEnded } from './pull-request-ended.ts';

/** How many decisions are listed in the pull request. */
const MAX_DECISIONS = 10;

/** What a notification tells besides its words. */
export interface NotificationDetails extends CarriesStatus {
  readonly kind?: NotificationKind;
  readonly url?: string;
  readonly question?: Question;
}

const KIND = {
  guidance: 'stuck',
  approval: 'approval',
  resolution: 'stuck',
  budget: 'budget',
  retry: 'stuck',
} as const;

/** The parts of a session that are needed to ask. */
interface Asker {
  readonly id: string;
  readonly state: SessionState;
  readonly policy: SessionSettings['policy'];
  /** Whether its pull request was merged or closed. */
  readonly hasEnded: boolean;
  /** Whether its pull request, which was closed, is open again. */
  isReopened(): Promise<boolean>;
  /** @throws PullRequestEnded */
  stopIfEnded(): Promise<void>;
  setActivity(activity: string, standing: { stuck: Question }): void;
  beginStep(activity: string, standing: { stuck: Question }): CarriesStatus;
  goTo(next: NextTurn): void;
  /** Waits until `isOver`, or for `limit` milliseconds. */
  waitUntil(isOver: () => boolean, limit?: number): Promise<unknown>;
}

/** How a session asks a person. */
export class Questions {
  readonly #session: Asker;

  constructor(session: Asker) {
    this.#session = session;
  }

  /**
   * Asks a person, and waits durably. Guidance that came before, and that the agent has not had yet, counts
   * as an answer if it is one. It stays for the agent's next turn.
   * @param next the turn after the answer, when it is another one than before: the answer may come to another execution
   * @throws PullRequestEnded
   */
  ask(question: QuestionInput, next?: NextTurn): Promise<void> {
    if (next) this.#session.goTo(next);
    return this.#askUntil('ask', question);
  }

  /** Asks the agent's question. The answer is listed in the pull request. */
  async askForAgent(question: QuestionInput, next?: NextTurn): Promise<void> {
    if (next) this.#session.goTo(next);
    await this.#askUntil('askForAgent', question);
    this.#noteDecision(question.decision);
  }

  /**
   * Asks a person about something that the agent does not decide, and waits for an answer that is given from
   * now on. Earlier guidance, and guidance that is not an answer, stays for the agent. `settled` returns true
   * when the question has settled itself; then there is no answer. The question is asked again at `until`, in
   * milliseconds since 1970. The step that asks may be run again by another execution, which then comes to
   * the same question.
   * @throws PullRequestEnded
   */
  async askOperator(
    question: QuestionInput,
    settled: () => boolean = () => false,
    until?: number,
  ): Promise<ReceivedGuidance[]> {
    await this.#askUntil('askOperator', question, settled, until);
    const { state } = this.#session;
    const answers = pendingGuidance(state.guidance).filter(this.#isAnswer('askOperator', question));
    markDelivered(answers, new Date().toISOString());
    state.openQuestion = null;
    return answers;
  }

  /** Notifies the person that a question needs no answer any more. */
  async notifySettled(decision: string, why: string): Promise<void> {
    await this.notify('needs no answer any more', `${decision} It has settled itself: ${why}`);
    const { registration } = this.#session.state;
    if (registration && this.#session.policy.ask === 'github')
      void this.#askOnIssue({
        ...{ decision, options: [], context: '' },
        ...{ asksFor: 'guidance', notifySettled: why },
      });
  }

  /** Waits for the answer to a question of a former execution, if no step would ask it again. */
  async finish(): Promise<void> {
    const { openQuestion: asking, stuck } = this.#session.state;
    if (!asking || asking.how === 'askOperator' || !stuck) return;
    await this.#askUntil(asking.how, stuck);
    if (asking.how === 'askForAgent') this.#noteDecision(asking.decision);
  }

  #noteDecision(asked: string): void {
    const { state } = this.#session;
    const { decisions } = state;
    const pending = pendingGuidance(state.guidance);
    const guidance = pending.map(({ text, action }) => text || action).join(' ');
    decisions.push({
      decision: shorten(asked, MOST.excerpt),
      guidance: shorten(guidance, MOST.excerpt),
    });
    keepLatest(decisions, MAX_DECISIONS);
  }

  #isAnswer(how: OpenQuestion['how'], { asksFor = 'guidance' }: QuestionInput) {
    const from =
      how === 'askOperator'
        ? (this.#session.state.openQuestion?.guidanceBefore ?? Number.POSITIVE_INFINITY)
        : 0;
    return (guidance: Guidance, index: number): boolean =>
      index >= from && isAnswer(asksFor, guidance);
  }

  async #askUntil(
    how: OpenQuestion['how'],
    question: QuestionInput,
    settled: () => boolean = () => false,
    until?: number,
  ): Promise<void> {
    await this.#session.stopIfEnded();
    if (settled()) return;
    const { state } = this.#session;
    // The pull request may also end while the question is being sent.
    const had = this.#session.hasEnded;
    const isOpen =
      state.openQuestion?.how === how && state.openQuestion.decision === question.decision;
    const before = pendingGuidance(state.guidance).length;
    if (!isOpen)
      state.openQuestion = {
        how,
        decision: question.decision,
        guidanceBefore: before,
        notified: false,
      };
    // A step that asks an operator's question is run again in any case, so a long history ends here.
    if (how === 'askOperator') continueAsNewIfLong();
    await this.#becomeStuck(question, state.openQuestion?.notified === true);
    if (state.openQuestion) state.openQuestion.notified = true;
    const isAnswered = this.#isAnswer(how, question);
    const answered = () => pendingGuidance(state.guidance).some(isAnswered) || settled();
    const isOver = () => answered() || (!had && this.#session.hasEnded);
    do await this.#session.waitUntil(isOver, until && Math.max(1, until - Date.now()));
    while (!isOver());
    if (answered()) {
      if (how !== 'askOperator') state.openQuestion = null;
      return;
    }
    // If the pull request was closed and reopened, the question is still open.
    if (!(await this.#session.isReopened())) throw new PullRequestEnded();
    await this.#askUntil(how, question, settled, until);
  }

  /** @param isTold whether a former execution has notified the person already */
  async #becomeStuck(question: QuestionInput, isTold: boolean): Promise<void> {
    const stuck = questionInFull(question);
    if (isTold) return this.#session.setActivity('waits for guidance', { stuck });
    const status = this.#session.beginStep('waits for guidance', { stuck });
    const { input, feedback } = this.#session.state;
    const text = notificationOf(input.issue, stuck);
    const kind = feedback.askedChecks?.decision === stuck.decision ? 'checks' : KIND[stuck.asksFor];
    await this.notify('is stuck', text, { ...status, kind, question: stuck });
    if (this.#session.state.registration && this.#session.policy.ask === 'github')
      void this.#askOnIssue(stuck);
  }

  /** Notifies the person, as best effort. The board shows the question in any case. */
  async notify(what: string, text: string, about: NotificationDetails = {}): Promise<void> {
    const { repository, issue } = this.#session.state.input;
    try {
      // The person is at the host on which the session lives.
      const { registration } = this.#session.state;
      const notification = { repository, issue, title: `#${issue} ${what}`, text, ...about };
      if (!registration) await repositoryActivities(repository).notify(notification);
      else {
        const { location } = registration;
        await hostActivities(location).notify({ ...notification, location });
      }
    } catch (error) {
      if (isCancellation(error)) throw error;
      log.warn('the person could not be notified', { error });
    }
  }

  /**
   * Writes the question into one comment on the issue, which is edited for each question. The session does
   * not wait for it.
   */
  async #askOnIssue(question: AskedOnIssue): Promise<void> {
    const { repository, issue } = this.#session.state.input;
    try {
      await bestEffortComments(repository).askOnIssue({
        repository,
        issue,
        workflowId: this.#session.id,
        question,
      });
    } catch (error) {
      log.warn('the question could not be posted on the issue', { error });
    }
  }
}
