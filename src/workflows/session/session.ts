import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import type { CarriesStatus } from '../../activities/carried-status.ts';
import type { PullRequestSnapshot } from '../../domain/pull-request/pull-request.ts';
import type { ReceivedGuidance } from '../../domain/session/received-guidance.ts';
import type { Base, Registration } from '../../domain/session/session.ts';
import type { ChangeableStatusFacts, SessionState } from '../../domain/session/state.ts';
import { changeStatusFacts, goTo, type Next } from '../../domain/session/state.ts';
import type { SessionStatus } from '../../domain/session/status.ts';
import { statusOf } from '../../domain/session/status.ts';
import type { NextTurn, QuestionInput, Work } from '../../domain/session/turn.ts';
import { turnsTaken } from '../../domain/session/turn-log.ts';
import { turnId } from '../../domain/shared/identity.ts';
import { endAttachment } from './attachment.ts';
import { continueAsNewIfLong, isHistoryLong } from './continue-as-new.ts';
import { PullRequestEnded } from './pull-request-ended.ts';
import { type NotificationDetails, Questions } from './questions.ts';
import { refreshPullRequest } from './refresh-pull-request.ts';
import { isReopened } from './reopened.ts';
import { StatusPublisher } from './status-publisher.ts';

const now = (): string => new Date().toISOString();

const WORKS: ChangeableStatusFacts = { stuck: null, ready: false };

/** A session's state, and how it asks a person. */
export class Session {
  readonly state: SessionState;
  readonly #publisher: StatusPublisher;
  readonly #questions: Questions = new Questions(this);
  /** The scope of everything that the session does. A comment can cancel it. */
  readonly scope = new CancellationScope();
  #isWaiting = false;
  /**
   * The pull request that is registered with the watcher; undefined until this execution has registered one.
   */
  watched: number | null | undefined;

  constructor(state: SessionState) {
    this.state = state;
    this.#publisher = new StatusPublisher(state);
  }

  /** Ends the session. */
  cancel(): void {
    this.scope.cancel();
  }

  /** Whether the session waits, and starts nothing while it is attached. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** The result of the registration. It may be read only after that. */
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

  /** The session's pull request. It may be read only when there is one. */
  get pullRequest(): PullRequestSnapshot {
    if (!this.state.pullRequest) throw new Error('the session has no pull request yet');
    return this.state.pullRequest;
  }

  /** Whether its pull request was merged or closed. */
  get hasEnded(): boolean {
    return this.state.pullRequest?.state === 'closed';
  }

  /** Whether its pull request is merged into the parent's branch, while the parent is not merged. */
  get waitsForParent(): boolean {
    const { pullRequest, parent, registration } = this.state;
    return (
      pullRequest?.merged === true &&
      parent !== null &&
      pullRequest.base !== registration?.targetBranch
    );
  }

  /**
   * Reads the pull request before a step that would be useless if a person had merged or closed it meanwhile.
   * The signal about that may still be on its way.
   * @throws PullRequestEnded
   */
  async stopIfEnded(): Promise<void> {
    const had = this.hasEnded;
    if (!had) await refreshPullRequest(this.state);
    if (this.hasEnded && !(had && this.waitsForParent)) throw new PullRequestEnded();
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

  /** Says what it does now, everywhere a person may look: it asks nothing, and is not ready for review. */
  setActivity(activity: string, standing: ChangeableStatusFacts = WORKS): void {
    this.#note(activity, standing);
    this.publishStatus();
  }

  /** The same for a step whose activity carries the status to the disk: returns that part of its input. */
  beginStep(activity: string, standing: ChangeableStatusFacts = WORKS): CarriesStatus {
    this.#note(activity, standing);
    return this.#publisher.carried();
  }

  /** Says how it waits. A wait that changes soon is not written to the disk, which gets it with what comes next. */
  beginWait(
    activity: string,
    { ready, unrecorded }: { ready: boolean; unrecorded: boolean },
  ): void {
    const { status } = this;
    this.#note(activity, { ...WORKS, ready });
    if (unrecorded && this.status === status) this.#publisher.show();
    else this.publishStatus();
  }

  /** Says more of how it waits: its status stays. */
  continueWait(activity: string): void {
    this.setActivity(activity, {});
  }

  goTo(next: Next): void {
    goTo(this.state, now(), next);
  }

  get status(): SessionStatus {
    return statusOf(this.state);
  }

  #note(activity: string, standing: ChangeableStatusFacts): void {
    const { state } = this;
    state.lastHeartbeat = now();
    changeStatusFacts(state, state.lastHeartbeat, standing);
    state.activity = activity;
  }

  /** This method and the following ones are those of `Questions`. */
  ask(question: QuestionInput, next?: NextTurn): Promise<void> {
    return this.#questions.ask(question, next);
  }

  askForAgent(question: QuestionInput, next?: NextTurn): Promise<void> {
    return this.#questions.askForAgent(question, next);
  }

  askOperator(
    question: QuestionInput,
    settled?: () => boolean,
    until?: number,
  ): Promise<ReceivedGuidance[]> {
    return this.#questions.askOperator(question, settled, until);
  }

  notifySettled(decision: string, why: string): Promise<void> {
    return this.#questions.notifySettled(decision, why);
  }

  finishAsking(): Promise<void> {
    return this.#questions.finish();
  }

  notify(what: string, text: string, about?: NotificationDetails): Promise<void> {
    return this.#questions.notify(what, text, about);
  }

  /**
   * Waits until `isOver`, or until a person who had its worktree in a terminal meanwhile has left: then it returns what is
   * in there, or null when that can't be told. `timeouts` is the longest it waits for `isOver`, in milliseconds.
   * @throws ContinueAsNewDue when the execution has become long meanwhile
   */
  async waitUntil(isOver: () => boolean, timeouts?: number): Promise<Work | null | undefined> {
    const { state } = this;
    this.#isWaiting = true;
    try {
      const isHeld = () => state.attached?.left === false;
      const mayGoOn = () => isHistoryLong() || (state.attached ? !isHeld() : isOver());
      await (timeouts === undefined
        ? condition(mayGoOn)
        : condition(mayGoOn, timeouts, { summary: 'Look again later' }));
      while (isHeld()) {
        continueAsNewIfLong();
        await condition(mayGoOn);
      }
    } finally {
      this.#isWaiting = false;
    }
    if (state.attached) return endAttachment(this, state.attached);
    if (!isOver()) continueAsNewIfLong();
    return undefined;
  }

  /** Waits while the session is paused. */
  async waitWhilePaused(): Promise<void> {
    const { state } = this;
    if (!state.paused) return;
    this.continueWait('paused by a person');
    await condition(() => !state.paused || isHistoryLong());
    if (state.paused) continueAsNewIfLong();
  }

  /** Records that the host does not answer, so that no further activity is sent to it. */
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
  waitUntilPublished(): Promise<void> {
    return this.#publisher.settled();
  }
}
