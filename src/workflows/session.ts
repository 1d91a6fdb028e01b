import {
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { z } from 'zod';
import { FeedbackItem, IssueSnapshot } from '../domain/feedback.ts';
import { hear, hearIssue, type Order } from '../domain/feedback-state.ts';
import { Guidance, isOnlyRaise } from '../domain/guidance.ts';
import { runWorkflowId, turnId } from '../domain/identity.ts';
import { latest, PullRequestSnapshot } from '../domain/pull-request.ts';
import {
  type Base,
  DependencyNews,
  type Registration,
  type SessionStatus,
} from '../domain/session.ts';
import { type SessionState, toDetail, toRecord, toReport } from '../domain/session-state.ts';
import { StackRow } from '../domain/stack-table.ts';
import { answerCommand, type QuestionInput, type StuckContext } from '../domain/turn.ts';
import { anywhere, courtesy, mirror } from './activities.ts';
import {
  dependencySignal,
  detailQuery,
  feedbackSignal,
  guidanceSignal,
  issueSignal,
  pauseSignal,
  pullRequestSignal,
  resumeSignal,
  sessionSignal,
  stackSignal,
  statusQuery,
} from './messages.ts';
import { markSession } from './search-attributes.ts';

/** As many as a reader of the pull request takes in. */
const MAX_DECISIONS = 10;

const now = (): string => new Date().toISOString();

/** A session's state, the messages that reach it, and how it tells the world of its changes. */
export class Session {
  readonly state: SessionState;
  /** What its run was last told. */
  #toldRun = '';
  /** All that it does; cancelled when a comment says so. */
  readonly life = new CancellationScope();

  constructor(state: SessionState) {
    this.state = state;
    setHandler(statusQuery, () => toRecord(state));
    setHandler(detailQuery, () => toDetail(state));
    setHandler(guidanceSignal, (input) => this.#receiveGuidance(input));
    setHandler(pullRequestSignal, (input) => {
      const snapshot = PullRequestSnapshot.safeParse(input);
      if (snapshot.success) state.pullRequest = latest(state.pullRequest, snapshot.data);
      else log.warn('ignored a pull request signal that is not valid', { error: snapshot.error });
    });
    setHandler(feedbackSignal, async (input) => {
      const items = z.array(FeedbackItem).safeParse(input);
      if (!items.success) {
        log.warn('ignored a feedback signal that is not valid', { error: items.error });
        return;
      }
      const bots = state.registration?.settings.pullRequests.bots ?? [];
      for (const order of hear(state.feedback, items.data, bots, state.startedAt))
        await this.#obey(order);
    });
    setHandler(issueSignal, (input) => {
      const issue = IssueSnapshot.safeParse(input);
      if (issue.success) hearIssue(state.feedback, issue.data);
      else log.warn('ignored an issue signal that is not valid', { error: issue.error });
    });
    setHandler(pauseSignal, () => {
      state.paused = true;
    });
    setHandler(resumeSignal, () => {
      state.paused = false;
    });
    setHandler(stackSignal, (input) => {
      const stack = z.array(StackRow).safeParse(input);
      if (stack.success) state.stack = stack.data;
      else log.warn('ignored a stack signal that is not valid', { error: stack.error });
    });
    setHandler(dependencySignal, (input) => {
      const news = DependencyNews.safeParse(input);
      if (news.success) state.pendingNews.push(news.data);
      else log.warn('ignored a dependency signal that is not valid', { error: news.error });
    });
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

  /** The workflow id is the session's name everywhere outside. */
  get id(): string {
    return workflowInfo().workflowId;
  }

  nextTurnId(): string {
    return turnId(this.state.input, workflowInfo().runId, this.state.turns.length + 1);
  }

  /** Takes all guidance received so far. */
  takeGuidance(): Guidance[] {
    return this.state.pendingGuidance.splice(0);
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
   * answer. It stays for the agent's next turn.
   */
  async ask(question: QuestionInput): Promise<void> {
    await this.#becomeStuck(question);
    await condition(() => this.state.pendingGuidance.length > 0);
  }

  /** Asks what the agent asks; the answer is told in the pull request. */
  async decide(question: QuestionInput): Promise<void> {
    const { pendingGuidance, decisions } = this.state;
    await this.ask(question);
    const guidance = pendingGuidance.map(({ text, action }) => text || action).join(' ');
    decisions.push({ decision: question.decision, guidance });
    // A body tells the latest ones.
    decisions.splice(0, decisions.length - MAX_DECISIONS);
  }

  /**
   * Asks a person about something that is not the agent's, and waits for an answer given from now on; what came before
   * stays for the agent. `settled` says that the question has settled itself: then there is no answer.
   */
  async consult(
    question: QuestionInput,
    settled: () => boolean = () => false,
  ): Promise<Guidance[]> {
    const { pendingGuidance } = this.state;
    const before = pendingGuidance.length;
    await this.#becomeStuck(question);
    await condition(() => pendingGuidance.length > before || settled());
    return pendingGuidance.splice(before);
  }

  async #becomeStuck(question: QuestionInput): Promise<void> {
    const { decision, options = [], context = '', asksFor = 'guidance' } = question;
    this.state.stuck = { decision, options, context, asksFor };
    await this.become('stuck', 'waits for guidance');
    await anywhere.notify({
      repository: this.state.input.repository,
      issue: this.state.input.issue,
      title: `#${this.state.input.issue} is stuck`,
      text: question.decision,
    });
    if (this.state.registration && this.policy.ask === 'github')
      await this.#askOnIssue({ decision, options, context });
  }

  /** One comment on the issue, edited for each question. */
  async #askOnIssue(question: StuckContext): Promise<void> {
    const { repository, issue } = this.state.input;
    try {
      await courtesy.askOnIssue({ repository, issue, workflowId: this.id, question });
    } catch (error) {
      if (isCancellation(error)) throw error;
      log.warn('the question could not be posted on the issue', { error });
    }
  }

  /** Waits while a person holds the session. */
  async whenResumed(): Promise<void> {
    const { state } = this;
    if (!state.paused) return;
    await this.become(state.status, 'paused by a person');
    await condition(() => !state.paused);
  }

  async tell(): Promise<void> {
    const { state } = this;
    markSession(state);
    setCurrentDetails(describe(state));
    await Promise.all([this.#tellRun(), this.#record()]);
  }

  async #tellRun(): Promise<void> {
    const { input } = this.state;
    const report = toReport(this.state);
    // A run hears of what it acts on, not of every step.
    const news = JSON.stringify(report);
    if (input.run === undefined || news === this.#toldRun) return;
    this.#toldRun = news;
    const run = getExternalWorkflowHandle(runWorkflowId(input.repository, input.run));
    try {
      await run.signal(sessionSignal, report);
    } catch (error) {
      log.info('the run has ended before its session', { error });
    }
  }

  async #record(): Promise<void> {
    if (!this.state.registration) return;
    try {
      await mirror(this.place).recordStatus({ place: this.place, detail: toDetail(this.state) });
    } catch (error) {
      log.warn('the status could not be written to disk', { error });
    }
  }

  /** Does what a comment commands, as the CLI's command would, and answers it with a reaction. */
  async #obey({ command, item }: Order): Promise<void> {
    switch (command.do) {
      case 'guide':
        this.#receiveGuidance(command.text);
        break;
      case 'approve':
        this.#receiveGuidance({ text: command.text, action: 'approve' });
        break;
      case 'pause':
      case 'resume':
        this.state.paused = command.do === 'pause';
        break;
      case 'cancel':
        this.life.cancel();
        break;
    }
    try {
      await courtesy.react({ repository: this.state.input.repository, item });
    } catch (error) {
      log.warn('the comment could not be answered with a reaction', { error });
    }
  }

  #receiveGuidance(input: unknown): void {
    const guidance = Guidance.safeParse(input);
    if (!guidance.success) {
      log.warn('ignored guidance that is neither a string nor {text, action, allow, budget}');
      return;
    }
    const { text, action, allow, budget } = guidance.data;
    this.state.raised += budget;
    if (!isOnlyRaise(guidance.data)) this.state.pendingGuidance.push(guidance.data);
    const raise = budget > 0 ? [`budget +${budget}`] : [];
    const said = [text, ...allow.map((rule) => `allow ${rule}`), ...raise].filter(
      (line) => line !== '',
    );
    this.state.guidance.push({ text: said.join('\n'), action, receivedAt: now() });
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
