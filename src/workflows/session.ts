import {
  CancellationScope,
  condition,
  isCancellation,
  log,
  workflowInfo,
} from '@temporalio/workflow';
import { isAnswer } from '../domain/answers.ts';
import type { Asking } from '../domain/asking.ts';
import { keepLatest, MOST, shorten } from '../domain/bounds.ts';
import type { Guidance } from '../domain/guidance.ts';
import { turnId } from '../domain/identity.ts';
import type { PullRequestSnapshot } from '../domain/pull-request.ts';
import type { Base, Registration, SessionStatus } from '../domain/session.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { QuestionInput, StuckContext, Work } from '../domain/turn.ts';
import { turnsTaken } from '../domain/turn-log.ts';
import { courtesy, onHost, whereRepository } from './activities.ts';
import { acceptAttachments, takeBack } from './attachment.ts';
import { listen, receiveGuidance, refuseUnknownSignals } from './inbox.ts';
import { lookAgain } from './look-again.ts';
import { isLong, moveOnIfLong } from './move-on.ts';
import { Telling } from './telling.ts';

/** As many as a reader of the pull request takes in. */
const MAX_DECISIONS = 10;

const now = (): string => new Date().toISOString();

/** A person merged or closed the pull request while the session waited for an answer: there is nothing left to ask. */
export class PullRequestEnded extends Error {}

/** A session's state, and how it asks a person. */
export class Session {
  readonly state: SessionState;
  readonly #telling: Telling;
  /** All that it does; cancelled when a comment says so. */
  readonly life = new CancellationScope();
  #isResting = false;
  /** The pull request that it is watched with; undefined as long as this execution has not had it watched. */
  watched: number | null | undefined;

  constructor(state: SessionState) {
    this.state = state;
    this.#telling = new Telling(state);
    listen({ state, cancel: () => this.life.cancel() });
    acceptAttachments({
      state,
      isResting: () => this.#isResting,
      guide: (guidance) => receiveGuidance(state, guidance),
      tell: () => this.tell(),
    });
    refuseUnknownSignals(state);
  }

  /** What registration found out; asked for only after it. */
  get registration(): Registration {
    if (!this.state.registration) throw new Error('the session is not registered yet');
    return this.state.registration;
  }

  get base(): Base {
    if (!this.state.base) throw new Error('the session has no worktree yet');
    return this.state.base;
  }

  get place() {
    return this.registration.place;
  }

  get settings() {
    return this.registration.settings;
  }

  get policy() {
    return this.settings.policy;
  }

  /** Its pull request; asked for only once there is one. */
  get pullRequest(): PullRequestSnapshot {
    if (!this.state.pullRequest) throw new Error('the session has no pull request yet');
    return this.state.pullRequest;
  }

  /** Whether its pull request was merged or closed. */
  get hasEnded(): boolean {
    return this.state.pullRequest?.state === 'closed';
  }

  /** Whether it is merged into the branch of the session below, which is not. */
  get waitsBelow(): boolean {
    const { pullRequest, onTopOf, registration } = this.state;
    return (
      pullRequest?.merged === true && onTopOf !== null && pullRequest.base !== registration?.trunk
    );
  }

  /**
   * Looks at its pull request before something is done that would be for nothing if a person had merged or closed it
   * meanwhile: the news of it may still be on its way.
   * @throws PullRequestEnded
   */
  async stopIfEnded(): Promise<void> {
    const had = this.hasEnded;
    if (!had) await lookAgain(this.state);
    if (this.hasEnded && !(had && this.waitsBelow)) throw new PullRequestEnded();
  }

  /** The workflow id is the session's name everywhere outside. */
  get id(): string {
    return workflowInfo().workflowId;
  }

  nextTurnId(): string {
    return turnId(this.state.input, workflowInfo().runId, turnsTaken(this.state) + 1);
  }

  /** Takes the guidance received so far, or what of it `isWanted`; the rest stays, in order. */
  takeGuidance(isWanted: (guidance: Guidance) => boolean = () => true): Guidance[] {
    const { pendingGuidance } = this.state;
    const all = pendingGuidance.splice(0);
    pendingGuidance.push(...all.filter((guidance) => !isWanted(guidance)));
    // The turn begins: nothing is asked any more.
    this.state.asking = null;
    return all.filter(isWanted);
  }

  /** Changes what a person sees, everywhere they may look. */
  async become(status: SessionStatus, activity: string): Promise<void> {
    const { state } = this;
    state.lastHeartbeat = now();
    if (status !== state.status) state.since = state.lastHeartbeat;
    if (status !== 'stuck') state.stuck = null;
    state.status = status;
    state.activity = activity;
    await this.tell();
  }

  /**
   * Asks a person, and waits: no process, no tokens. Guidance that came before and the agent has not had yet counts as an
   * answer, if it is one. It stays for the agent's next turn. What is to be done after the answer must be in the state
   * before this is called: the answer may come to another execution.
   * @throws PullRequestEnded
   */
  ask(question: QuestionInput): Promise<void> {
    return this.#askUntil('ask', question);
  }

  /** Asks what the agent asks; the answer is told in the pull request. */
  async decide(question: QuestionInput): Promise<void> {
    await this.#askUntil('decide', question);
    this.#noteDecision(question.decision);
  }

  /**
   * Asks a person about something that is not the agent's, and waits for an answer given from now on; what came before, or
   * is none, stays for the agent. `settled` says that the question has settled itself: then there is no answer. It is asked
   * also at the moment `until`, in milliseconds since 1970. The step that asks may be taken again by another execution,
   * which then comes to the same question.
   * @throws PullRequestEnded
   */
  async consult(
    question: QuestionInput,
    settled: () => boolean = () => false,
    until?: number,
  ): Promise<Guidance[]> {
    await this.#askUntil('consult', question, settled, until);
    const { pendingGuidance } = this.state;
    const answers = pendingGuidance.filter(this.#isAnswer('consult', question));
    pendingGuidance.push(...pendingGuidance.splice(0).filter((one) => !answers.includes(one)));
    this.state.asking = null;
    return answers;
  }

  /** Waits for the answer that a former execution did not live to see, where no step would ask again. */
  async finishAsking(): Promise<void> {
    const { asking, stuck } = this.state;
    if (!asking || asking.how === 'consult' || !stuck) return;
    await this.#askUntil(asking.how, stuck);
    if (asking.how === 'decide') this.#noteDecision(asking.decision);
  }

  #noteDecision(asked: string): void {
    const { pendingGuidance, decisions } = this.state;
    const guidance = pendingGuidance.map(({ text, action }) => text || action).join(' ');
    decisions.push({
      decision: shorten(asked, MOST.excerpt),
      guidance: shorten(guidance, MOST.excerpt),
    });
    keepLatest(decisions, MAX_DECISIONS);
  }

  #isAnswer(how: Asking['how'], { asksFor = 'guidance' }: QuestionInput) {
    const from = how === 'consult' ? (this.state.asking?.before ?? Number.POSITIVE_INFINITY) : 0;
    return (guidance: Guidance, index: number): boolean =>
      index >= from && isAnswer(asksFor, guidance);
  }

  async #askUntil(
    how: Asking['how'],
    question: QuestionInput,
    settled: () => boolean = () => false,
    until?: number,
  ): Promise<void> {
    await this.stopIfEnded();
    // Where the step is taken again anyhow, that is better done in a new execution.
    if (how === 'consult') moveOnIfLong();
    if (settled()) return;
    const { state } = this;
    // It may end while the question is being told, too.
    const had = this.hasEnded;
    const isOpen = state.asking?.how === how && state.asking.decision === question.decision;
    if (!isOpen)
      state.asking = { how, decision: question.decision, before: state.pendingGuidance.length };
    await this.#becomeStuck(question, isOpen);
    const isAnswered = this.#isAnswer(how, question);
    const answered = () => state.pendingGuidance.some(isAnswered) || settled();
    const isOver = () => answered() || (!had && this.hasEnded);
    do await this.rest(isOver, until && Math.max(1, until - Date.now()));
    while (!isOver());
    if (how !== 'consult') state.asking = null;
    if (!answered()) throw new PullRequestEnded();
  }

  /** @param isTold whether a former execution told the person already */
  async #becomeStuck(question: QuestionInput, isTold: boolean): Promise<void> {
    const { decision, options = [], context = '', asksFor = 'guidance' } = question;
    this.state.stuck = { decision, options, context, asksFor };
    await this.become('stuck', 'waits for guidance');
    if (isTold) return;
    await this.notify('is stuck', question.decision);
    if (this.state.registration && this.policy.ask === 'github')
      void this.#askOnIssue({ decision, options, context });
  }

  /** Tells the person. Where that fails it stands on the board all the same. */
  async notify(what: string, text: string): Promise<void> {
    const { repository, issue } = this.state.input;
    try {
      // Where its person is: at the host that it lives on.
      const { registration } = this.state;
      const near = registration ? onHost(registration.place) : whereRepository(repository);
      await near.notify({ repository, issue, title: `#${issue} ${what}`, text });
    } catch (error) {
      if (isCancellation(error)) throw error;
      log.warn('the person could not be notified', { error });
    }
  }

  /** One comment on the issue, edited for each question. Nobody waits for it. */
  async #askOnIssue(question: StuckContext): Promise<void> {
    const { repository, issue } = this.state.input;
    try {
      await courtesy(repository).askOnIssue({ repository, issue, workflowId: this.id, question });
    } catch (error) {
      log.warn('the question could not be posted on the issue', { error });
    }
  }

  /**
   * Waits until `isOver`, or until a person who had its worktree in a terminal meanwhile has left: then it returns what is
   * in there, or null when that can't be told. `patience` is the longest it waits for `isOver`, in milliseconds.
   * @throws MovesOn when the execution has become long meanwhile
   */
  async rest(isOver: () => boolean, patience?: number): Promise<Work | null | undefined> {
    const { state } = this;
    this.#isResting = true;
    try {
      const mayGoOn = () => (state.attached ? state.attached.left : isOver() || isLong());
      await (patience === undefined ? condition(mayGoOn) : condition(mayGoOn, patience));
      while (state.attached?.left === false) await condition(mayGoOn);
    } finally {
      this.#isResting = false;
    }
    if (state.attached) return takeBack(this, state.attached);
    if (!isOver()) moveOnIfLong();
    return undefined;
  }

  /** Waits while a person holds the session. */
  async whenResumed(): Promise<void> {
    const { state } = this;
    if (!state.paused) return;
    await this.become(state.status, 'paused by a person');
    await condition(() => !state.paused || isLong());
    if (state.paused) moveOnIfLong();
  }

  /** Its host is gone: nothing more is asked of it. */
  leaveHost(): void {
    this.#telling.withoutHost = true;
  }

  get isHostGone(): boolean {
    return this.#telling.withoutHost;
  }

  tell(): Promise<void> {
    return this.#telling.tell();
  }
}
