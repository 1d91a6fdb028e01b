import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import type { CarriesStatus } from '../../activities/carried-status.ts';
import type { PullRequestSnapshot } from '../../domain/pull-request/pull-request.ts';
import type { Guidance } from '../../domain/session/guidance.ts';
import {
  deliver,
  pendingOf,
  type ReceivedGuidance,
} from '../../domain/session/received-guidance.ts';
import type { Base, Registration, SessionStatus } from '../../domain/session/session.ts';
import type { SessionState } from '../../domain/session/state.ts';
import type { QuestionInput, Work } from '../../domain/session/turn.ts';
import { turnsTaken } from '../../domain/session/turn-log.ts';
import { turnId } from '../../domain/shared/identity.ts';
import { takeBack } from './attachment.ts';
import { lookAgain } from './look-again.ts';
import { isLong, moveOnIfLong } from './move-on.ts';
import { PullRequestEnded } from './pull-request-ended.ts';
import { Questions } from './questions.ts';
import { isReopened } from './reopened.ts';
import { StatusPublisher } from './status-publisher.ts';

const now = (): string => new Date().toISOString();

/** A session's state, and how it asks a person. */
export class Session {
  readonly state: SessionState;
  readonly #publisher: StatusPublisher;
  readonly #questions: Questions = new Questions(this);
  /** All that it does; cancelled when a comment says so. */
  readonly life = new CancellationScope();
  #isResting = false;
  /** The pull request that it is watched with; undefined as long as this execution has not had it watched. */
  watched: number | null | undefined;

  constructor(state: SessionState) {
    this.state = state;
    this.#publisher = new StatusPublisher(state);
  }

  /** Ends the session. */
  cancel(): void {
    this.life.cancel();
  }

  /** Whether it does nothing, and will begin nothing while it is held. */
  get isResting(): boolean {
    return this.#isResting;
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

  get location() {
    return this.registration.location;
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
    const { pullRequest, parent, registration } = this.state;
    return (
      pullRequest?.merged === true &&
      parent !== null &&
      pullRequest.base !== registration?.targetBranch
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

  isReopened(): Promise<boolean> {
    return isReopened(this);
  }

  /** The workflow id is the session's name everywhere outside. */
  get id(): string {
    return workflowInfo().workflowId;
  }

  nextTurnId(): string {
    return turnId(this.state.input, workflowInfo().runId, turnsTaken(this.state) + 1);
  }

  /** Delivers the guidance received so far, or what of it `isWanted`, to the turn that begins `at`. */
  takeGuidance(at: string, isWanted: (guidance: Guidance) => boolean = () => true) {
    const guidance = pendingOf(this.state.guidance).filter(isWanted);
    deliver(guidance, at);
    // The turn begins: nothing is asked any more.
    this.state.asking = null;
    return guidance;
  }

  /** Changes what a person sees, everywhere they may look. */
  setStatus(status: SessionStatus, activity: string): void {
    this.#note(status, activity);
    this.publishStatus();
  }

  /** The same for a step whose activity carries the status to the disk: returns that part of its input. */
  beginStep(status: SessionStatus, activity: string): CarriesStatus {
    this.#note(status, activity);
    return this.#publisher.carried();
  }

  /** The same for what changes soon: the disk gets it with what comes next. */
  showStatus(status: SessionStatus, activity: string): void {
    this.#note(status, activity);
    this.#publisher.show();
  }

  #note(status: SessionStatus, activity: string): void {
    const { state } = this;
    state.lastHeartbeat = now();
    if (status !== state.status) state.since = state.lastHeartbeat;
    if (status !== 'stuck') state.stuck = null;
    state.status = status;
    state.activity = activity;
  }

  /** See `Questions`, which has all of these. */
  ask(question: QuestionInput): Promise<void> {
    return this.#questions.ask(question);
  }

  askForAgent(question: QuestionInput): Promise<void> {
    return this.#questions.askForAgent(question);
  }

  askOperator(
    question: QuestionInput,
    settled?: () => boolean,
    until?: number,
  ): Promise<ReceivedGuidance[]> {
    return this.#questions.askOperator(question, settled, until);
  }

  tellSettled(decision: string, why: string): Promise<void> {
    return this.#questions.settled(decision, why);
  }

  finishAsking(): Promise<void> {
    return this.#questions.finish();
  }

  notify(what: string, text: string, status?: CarriesStatus): Promise<void> {
    return this.#questions.notify(what, text, status);
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
      await (patience === undefined
        ? condition(mayGoOn)
        : condition(mayGoOn, patience, { summary: 'Look again later' }));
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
    this.setStatus(state.status, 'paused by a person');
    await condition(() => !state.paused || isLong());
    if (state.paused) moveOnIfLong();
  }

  /** Its host is gone: nothing more is asked of it. */
  leaveHost(): void {
    this.#publisher.leaveHost();
  }

  get isHostGone(): boolean {
    return this.#publisher.isHostGone;
  }

  publishStatus(): void {
    this.#publisher.publish();
  }

  /** Waits until all that a person sees is published. */
  published(): Promise<void> {
    return this.#publisher.settled();
  }
}
