import { Context } from '@temporalio/activity';
import type { TurnInput } from '../../src/activities/agent/turn-types.ts';
import type { Activities, PublishInput, SessionActivities } from '../../src/activities/types.ts';
import type { SpentByOthers } from '../../src/activities/worktree/worktree-types.ts';
import type { BodyParts } from '../../src/domain/pull-request/body.ts';
import { NO_CHECKS } from '../../src/domain/pull-request/checks.ts';
import type { PullRequestSnapshot } from '../../src/domain/pull-request/pull-request.ts';
import type { Tokens } from '../../src/domain/session/budget.ts';
import type { SessionDetail } from '../../src/domain/session/session.ts';
import type { Outcome, TurnResult, Work } from '../../src/domain/session/turn.ts';
import { agentNamed, noSuchAgent } from '../../src/domain/settings/agent-settings.ts';
import { SessionSettings } from '../../src/domain/settings/session-settings.ts';
import { CoppiceError } from '../../src/domain/shared/failure.ts';
import type { RepositoryName } from '../../src/domain/shared/repository.ts';

const DONE: Outcome = { kind: 'done', summary: 'did it' };

/** Sessions that plan nothing and wait for nothing. */
export const IMPATIENT = {
  policy: { planning: 'never' },
  pullRequests: { debounce: 0.1, settle: 0.1, reopen: 0.1 },
} as const;

interface Answered {
  outcome: Outcome;
  work?: Partial<Work>;
  denials?: string[];
  attempts?: number;
  tokens?: Tokens | undefined;
}

type Turn = Outcome | Answered | UnderWay | Promise<Outcome | Answered>;

/** A turn that goes on until it is stopped: how far its agent had got with its conversation then. */
interface UnderWay extends Pick<TurnResult, 'begun' | 'responded'> {
  readonly underWay: true;
}

/**
 * Activities without git, GitHub or an agent, for tests of the workflows alone. Everything done is written down in
 * `calls`; what a turn answers is scripted per issue.
 */
export class FakeWorld {
  readonly calls: string[] = [];
  readonly records = new Map<number, SessionDetail[]>();
  readonly turnInputs: TurnInput[] = [];
  readonly published: PublishInput[] = [];
  /** What is to be known of an issue's commits before they are merged. */
  readonly cautions = new Map<number, string[]>();
  /** What each issue's pull request was told to tell, oldest first. */
  readonly described = new Map<number, BodyParts[]>();
  /** Whether the repository has GitHub's own stacks. */
  hasStacks = true;
  readonly notices: string[] = [];
  /** How many commits somebody else pushed to an issue's branch, until they are taken over. */
  readonly pushedByOthers = new Map<number, number>();
  /** Conversations of earlier sessions, by issue. */
  readonly former = new Map<number, string>();
  /** Ids of the comments reacted to; with ` refused` when what they command was not taken, ` helped` when it was no command. */
  readonly reactions: string[] = [];
  /** What the person was told of. */
  readonly notified: object[] = [];
  /** Required checks that nobody has reported. */
  missingChecks: string[] = [];
  /** Ids of what somebody said and took back. */
  readonly takenBack = new Set<string>();
  /** Commits by which a branch was only updated from its base. */
  readonly updates = new Set<string>();
  settings: SessionSettings = SessionSettings.parse(IMPATIENT);
  /** What examining failed checks finds, instead of failures of the change itself. */
  examination: Partial<Awaited<ReturnType<Activities['examineChecks']>>> = {};
  /** The commit of an issue's pull request, as of its next push. */
  readonly heads = new Map<number, string>();
  /** The commits that branches are at when a session is rebased onto them, instead of the usual ones. */
  readonly tips = new Map<string, string>();
  /** Pull requests that a person has merged or closed, whether or not their sessions know. */
  readonly ended = new Map<number, PullRequestSnapshot>();
  /** The number of the pull request that an issue's next pushes open, instead of the usual one. */
  readonly opens = new Map<number, number>();
  /** Whose pull request GitHub closed with its base branch. */
  readonly lostBase = new Set<number>();
  /** The commit a person left in an issue's worktree. */
  readonly leftByPerson = new Map<number, string>();
  /** What other sessions cost. */
  spentByOthers: SpentByOthers = {
    ...{ run: 0, day: 0, midnight: '2026-01-08T00:00:00Z' },
    nextMidnight: '2100-01-01T00:00:00Z',
  };
  /** What is wrong with an issue's next pushes. */
  readonly outgoing = new Map<number, string[]>();
  /** Failures to throw instead of doing a step, by `name #issue`; each is thrown once. */
  readonly failures = new Map<string, CoppiceError[]>();
  /** Issues whose host does not answer any more. */
  readonly silent = new Set<number>();
  /** Called while failed checks are looked at. */
  onExamine: () => Promise<void> | void = () => undefined;
  /** Called while a comment is answered with a reaction. */
  onReact: () => Promise<void> | void = () => undefined;
  /** Called while a person is being told something. */
  onNotice: (title: string) => Promise<void> | void = () => undefined;
  /** Told of each pull request that is there to be looked at. */
  onWatch: (issue: number, pullRequest: number | null) => void = () => undefined;
  /** Turns that go on until they are stopped, by their ids. */
  readonly #underWay = new Map<string, Pick<TurnResult, 'begun' | 'responded'>>();
  /** How turns ended, or will, by their ids. */
  readonly #stops = new Map<string, PromiseWithResolvers<TurnResult>>();
  readonly #turns = new Map<number, Turn[]>();
  /** Of the only host. */
  readonly hostId: string;

  constructor(hostId: string) {
    this.hostId = hostId;
  }

  /** What the next turns of an issue answer; afterwards they are done. */
  script(issue: number, ...turns: Turn[]): void {
    this.#turns.set(issue, turns);
  }

  pullRequest(issue: number, change: Partial<PullRequestSnapshot> = {}): PullRequestSnapshot {
    return {
      number: 1_000 + issue,
      url: `https://github.test/acme/app/pull/${1_000 + issue}`,
      state: 'open',
      merged: false,
      draft: true,
      headSha: 'head',
      base: 'main',
      mergeable: 'unknown',
      checks: NO_CHECKS,
      ...change,
    };
  }

  merged(issue: number, base = 'main'): PullRequestSnapshot {
    return this.pullRequest(issue, { state: 'closed', merged: true, base });
  }

  activities(): Omit<Activities, keyof SessionActivities> {
    return {
      register: async ({ repository, issue, agent: name }) => {
        this.#step('register', issue);
        this.onWatch(issue, null);
        const agent = agentNamed(this.settings, name);
        if (!agent) throw new CoppiceError('InvalidConfig', noSuchAgent(name ?? '', this.settings));
        return {
          location: this.#location(repository, issue),
          settings: { ...this.settings, agent },
          targetBranch: 'main',
          title: `Issue ${issue}`,
          conversation: this.former.get(issue) ?? null,
          conversationAdapter: '',
          began: null,
        };
      },
      registerStack: async ({ pullRequests }) => {
        this.calls.push(`registerStack ${pullRequests.join(' ')}`);
        return this.hasStacks;
      },
      deleteBranch: async ({ branch, headSha }) => {
        this.calls.push(`deleteBranch ${branch} ${headSha}`);
      },
      createWorktree: async ({ location, from }) => {
        this.#step('createWorktree', location.issue, from);
        return { branch: from, tip: `tip-of-${from}` };
      },
      setUp: async ({ location, commands }) =>
        this.#step('setUp', location.issue, commands.join('; ')),
      spentByOthers: async ({ location }) => {
        this.#failIfTold('spentByOthers', location.issue);
        return this.spentByOthers;
      },
      inspectOutgoing: async ({ location }) => this.outgoing.get(location.issue)?.shift() ?? '',
      recordStatus: async ({ location, detail }) => {
        await this.#answers(location.issue);
        this.records.set(location.issue, [...(this.records.get(location.issue) ?? []), detail]);
      },
      restack: async ({ location, base, onto, resolved }) => {
        this.#step(resolved ? 'takeUp' : 'restack', location.issue, `${base.branch}→${onto}`);
        return { branch: onto, tip: this.tips.get(onto) ?? `tip-of-${onto}` };
      },
      integrateRemoteCommits: async ({ location, base, resolved, mayWait }) => {
        const commits = this.pushedByOthers.get(location.issue) ?? 0;
        if (
          this.failures.get(`integrateRemoteCommits #${location.issue}`)?.length ||
          commits > 0 ||
          resolved
        )
          this.#step(
            'integrateRemoteCommits',
            location.issue,
            resolved ? 'resolved' : mayWait ? 'turn' : 'push',
          );
        this.pushedByOthers.delete(location.issue);
        return { base, commits };
      },
      removeWorktree: async ({ location }) => {
        this.#step('removeWorktree', location.issue);
        return { removed: true, reason: '' };
      },
      runTurn: async (input) => {
        this.#step('runTurn', input.location.issue, input.kind);
        this.turnInputs.push(input);
        return await this.#turn(input);
      },
      stopTurn: async (input) => {
        await this.#answers(input.location.issue);
        this.#step('stopTurn', input.location.issue);
        const stop = this.#stopOf(input.turnId);
        const got = this.#underWay.get(input.turnId) ?? { begun: input.resume, responded: false };
        stop.resolve({ ...answer(input, { outcome: { kind: 'interrupted' } }), ...got });
        return await stop.promise;
      },
      endAttachment: async ({ location }) => {
        this.#step('endAttachment', location.issue);
        const head = this.leftByPerson.get(location.issue) ?? 'head';
        return { ...answer({ location }, { outcome: DONE }).work, head };
      },
      publish: async (input) => {
        this.#step('publish', input.location.issue, input.base.branch);
        this.published.push(input);
        const number = this.opens.get(input.location.issue);
        const opened = this.pullRequest(input.location.issue, {
          ...(number !== undefined && { number }),
          base: input.base.branch,
          headSha: this.heads.get(input.location.issue) ?? 'head',
        });
        if (opened.number !== input.watched) this.onWatch(input.location.issue, opened.number);
        return { ...opened, cautions: this.cautions.get(input.location.issue) ?? [] };
      },
      describe: async ({ location, parts }) => {
        this.described.set(location.issue, [...(this.described.get(location.issue) ?? []), parts]);
      },
      readPullRequest: async ({ pullRequest }) => {
        const issue = pullRequest - 1_000;
        return this.ended.get(issue) ?? this.pullRequest(issue);
      },
      lostItsBase: async ({ pullRequest }) => this.lostBase.has(pullRequest - 1_000),
      retarget: async ({ location, base }) => {
        this.#step('retarget', location.issue, base);
        return this.pullRequest(location.issue, { base });
      },
      watch: async ({ location, pullRequest }) => {
        this.#step('watch', location.issue);
        this.onWatch(location.issue, pullRequest);
      },
      unwatch: async ({ location }) => {
        await this.#answers(location.issue);
        this.#step('unwatch', location.issue);
      },
      missingChecks: async () => this.missingChecks,
      isUpdate: async ({ headSha }) => this.updates.has(headSha),
      rereadFeedback: async ({ items }) => ({
        gone: items.map(({ id }) => id).filter((id) => this.takenBack.has(id)),
        edited: [],
      }),
      examineChecks: async ({ location, headSha, checks }) => {
        this.#step('examineChecks', location.issue);
        await this.onExamine();
        return {
          theirs: false,
          onBase: [],
          mended: [],
          failures: checks.map(({ name, url }) => ({ name, url, excerpt: `${name} is red` })),
          key: `${headSha} ${checks.map(({ name }) => name)}`,
          ...this.examination,
        };
      },
      rerunChecks: async ({ location, checks }) =>
        this.#step('rerunChecks', location.issue, checks.map(({ name }) => name).join()),
      reply: async ({ location, item, text, commit }) =>
        this.#step('reply', location.issue, `${item.id} ${text} ${commit}`),
      makeReady: async ({ location, draft, required }) => {
        const missing = required ? this.missingChecks : [];
        if (missing.length === 0) this.#step('makeReady', location.issue, `${draft}`);
        return { missing };
      },
      react: async ({ item, taken, help }) => {
        await this.onReact();
        const came = taken ? '' : help === undefined ? ' refused' : ' helped';
        // As on GitHub, the same reaction of the same account is there once.
        const reaction = `${item.id}${came}`;
        if (!this.reactions.includes(reaction)) this.reactions.push(reaction);
      },
      askOnIssue: async ({ issue, question }) => this.#step('ask', issue, question.decision),
      notify: async ({ issue, title, kind, question, url }) => {
        this.notified.push({ issue, kind, decision: question?.decision, url });
        this.#failIfTold('notify', issue);
        this.notices.push(title);
        await this.onNotice(title);
      },
    };
  }

  async #answers(issue: number): Promise<void> {
    if (this.silent.has(issue)) await Context.current().cancelled;
  }

  #step(name: string, issue: number, detail = ''): void {
    this.#failIfTold(name, issue);
    this.calls.push(`${name} #${issue}${detail === '' ? '' : ` ${detail}`}`);
  }

  #failIfTold(name: string, issue: number): void {
    const failure = this.failures.get(`${name} #${issue}`)?.shift();
    if (failure) throw failure;
  }

  async #turn(input: TurnInput): Promise<TurnResult> {
    const scripted = this.#turns.get(input.location.issue)?.shift() ?? DONE;
    const stop = this.#stopOf(input.turnId);
    if ('underWay' in scripted) {
      this.#underWay.set(input.turnId, scripted);
      return await Promise.race([stop.promise, Context.current().cancelled]);
    }
    const told = await Promise.race([scripted, stop.promise]);
    stop.resolve(answer(input, 'outcome' in told ? told : { outcome: told }));
    return await stop.promise;
  }

  #stopOf(turnId: string): PromiseWithResolvers<TurnResult> {
    const stop = this.#stops.get(turnId) ?? Promise.withResolvers<TurnResult>();
    this.#stops.set(turnId, stop);
    return stop;
  }

  #location(repository: RepositoryName, issue: number) {
    return {
      repository,
      issue,
      hostId: this.hostId,
      checkout: '/nowhere/app',
      worktree: `/nowhere/app-issue-${issue}`,
      branch: `issue-${issue}`,
      remote: 'origin',
    };
  }
}

const answer = (
  { location }: Pick<TurnInput, 'location'>,
  { outcome, work, denials = [], attempts = 1, tokens }: Answered,
): TurnResult => ({
  outcome,
  begun: true,
  responded: true,
  // An agent tells dollars, or tokens alone.
  ...(tokens ? { tokens } : { costUsd: 0.5 }),
  denials,
  attempts,
  durationMs: 1,
  work: {
    branch: location.branch,
    head: 'head',
    commits: 1,
    uncommitted: 0,
    diff: { files: 3, insertions: 42, deletions: 5 },
    ...work,
  },
});
