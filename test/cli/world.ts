import { expect } from 'vitest';
import { interactiveAdapter } from '../../src/agents/interactive.ts';
import type { Availability } from '../../src/agents/sandbox/availability.ts';
import type { Checkout, Services } from '../../src/cli/context.ts';
import type { ChannelTest } from '../../src/cli/notify/test-channels.ts';
import { NO_CODEBASE } from '../../src/cli/planning/codebase.ts';
import type { SigningState } from '../../src/cli/preflight/signing.ts';
import type { Questions } from '../../src/cli/terminal/questions.ts';
import type {
  Amendment,
  Board,
  Coppice,
  OrphanedSession,
  SessionView,
  StartedRun,
} from '../../src/client/types.ts';
import { ClientError } from '../../src/client/types.ts';
import { Config } from '../../src/config/schema.ts';
import type { RunArguments, RunResult } from '../../src/domain/run/run.ts';
import type { AttachRequest, Detach } from '../../src/domain/session/attachment.ts';
import type { GuidanceInput } from '../../src/domain/session/guidance.ts';
import type { Attached } from '../../src/domain/session/session.ts';
import type { AgentSettings } from '../../src/domain/settings/agent-settings.ts';
import { CoppiceError } from '../../src/domain/shared/failure.ts';
import { parseRemoteUrl } from '../../src/github/api/remote-url.ts';
import type { IssueSource } from '../../src/github/issues/issue-source.ts';
import type { GitHub } from '../../src/github/port.ts';
import type { SurveyedIssue } from '../../src/planning/rules/survey.ts';
import type { ChannelProblem } from '../../src/state/outbox.ts';
import type { StoredSession } from '../../src/state/session-store.ts';
import type { Ran } from '../support/cli.ts';
import { board, NOW, run } from './records.ts';

interface WorldOptions {
  /** What the service answers; null when none does, until `up`. */
  readonly board?: Board | null;
  readonly view?: SessionView | ((issue: number) => SessionView);
  /** Why guidance is refused, if it is. */
  readonly refuses?: (guidance: GuidanceInput) => string | undefined;
  readonly left?: readonly OrphanedSession[];
  readonly stored?: readonly StoredSession[];
  readonly config?: Config;
  /** Whether runs that were started are among the open ones. */
  readonly runsStayOpen?: boolean;
  /** How a run ends, or that it does not. */
  readonly result?: RunResult | 'pending';
  /** Laid over each issue that planning reads. */
  readonly issue?: (number: number) => Partial<SurveyedIssue>;
  /** What keeps an agent from starting. */
  readonly agentProblem?: string | ((agent: AgentSettings) => string | undefined);
  /** Whether the host has a sandbox; it has, when absent. */
  readonly sandbox?: Availability;
  /** What is opened in a terminal; nothing can be, when absent. */
  readonly attached?: Attached;
  /** The exit code of the agent in the terminal. */
  readonly agentExit?: number;
  /** How the person signs; not at all, when absent. */
  readonly signs?: SigningState;
  readonly channelProblems?: readonly ChannelProblem[];
  readonly channelTests?: readonly ChannelTest[];
  /** The person at the terminal, if any. */
  readonly questions?: Questions;
}

/** Issues on GitHub: 400 and above are closed, 500 and above unknown, 300 and above pull requests. */
const github = {
  async readIssue(repository, number) {
    if (number >= 500)
      throw new CoppiceError('IssueNotWorkable', `${repository} has no issue #${number}`);
    return {
      number,
      title: `Issue ${number}`,
      body: 'Give every report a button that exports it.',
      url: `https://github.com/${repository}/issues/${number}`,
      state: number >= 400 ? 'closed' : 'open',
      isPullRequest: number >= 300 && number < 400,
      labels: [],
    };
  },
  defaultBranch: async () => 'main',
  branchExists: async (_, branch) => branch === 'main',
  branchRules: async () => [],
} as Partial<GitHub> as GitHub;

/** The same issues, for planning. */
const issuesWith = (changes: (number: number) => Partial<SurveyedIssue>): IssueSource => ({
  list: async () => [],
  async read(repository, numbers) {
    const known = await Promise.all(
      numbers
        .filter((number) => number < 500)
        .map((number) => github.readIssue(repository, number)),
    );
    return new Map(
      known.map((issue) => [
        issue.number,
        {
          ...issue,
          ...changes(issue.number),
          assignees: [],
          mayHave: { blockers: false, subIssues: false },
        },
      ]),
    );
  },
  blockedBy: async () => [],
  subIssues: async () => [],
  closing: async () => new Map(),
  me: async () => 'person',
});

/** A world around the commands that keeps what was asked of it. */
export function world(options: WorldOptions = {}) {
  const asked = {
    runs: [] as RunArguments[],
    joined: [] as string[],
    guidance: [] as [issue: number, guidance: GuidanceInput][],
    attached: [] as [issue: number, request: AttachRequest][],
    detached: [] as [issue: number, detach: Detach][],
    opened: [] as string[],
    diffs: [] as unknown[],
    cancelled: [] as (number | string)[],
    amended: [] as [run: string, amendment: Amendment][],
    paused: [] as [issue: number, paused: boolean][],
    remembered: [] as string[],
    ups: 0,
    closed: 0,
  };
  let reachable = options.board !== null;
  let last: Promise<unknown> = Promise.resolve();
  const started = (
    repository: string,
    name: string,
    issues: readonly { readonly issue: number; readonly title?: string | undefined }[],
  ): StartedRun => ({
    name,
    workflowId: `coppice/${repository}/runs/${name}`,
    sessions: issues.map(({ issue, title }) => ({
      issue,
      ...(title !== undefined && { title }),
      workflowId: `coppice/${repository}/issues/${issue}`,
    })),
    webUrl: 'http://127.0.0.1:8233/run',
    result: () =>
      options.result === 'pending'
        ? new Promise(() => {})
        : Promise.resolve(options.result ?? { merged: [123], cancelled: [], notStarted: [] }),
  });
  const coppice: Coppice = {
    async startRun(input) {
      asked.runs.push(input);
      return started(input.repository, input.name, input.issues);
    },
    runs: async () => [
      ...(options.board?.runs ?? []),
      ...(options.runsStayOpen ? asked.runs : []).map(({ name, issues }) =>
        run(
          name,
          issues.map(({ issue }) => issue),
        ),
      ),
    ],
    async joinRun(repository, name) {
      asked.joined.push(name);
      const run = (await coppice.runs(repository)).find((open) => open.name === name);
      return started(
        repository,
        name,
        [...(run?.sessions ?? []), ...(run?.queue ?? [])].map(({ issue }) => ({ issue })),
      );
    },
    board: async () => options.board ?? board([]),
    async show(_, issue) {
      if (typeof options.view === 'function') return options.view(issue);
      if (options.view) return options.view;
      throw new ClientError('NoSuchSession', `there is no session of #${issue}`);
    },
    async guide(_, issue, guidance) {
      const refusal = options.refuses?.(guidance);
      if (refusal !== undefined) throw new ClientError('Refused', `#${issue} ${refusal}`);
      asked.guidance.push([issue, guidance]);
    },
    async attach(_, issue, request) {
      asked.attached.push([issue, request]);
      if (!options.attached) throw new ClientError('Refused', `#${issue} can’t be attached`);
      return options.attached;
    },
    async detach(_, issue, detach) {
      asked.detached.push([issue, detach]);
    },
    async cancel(_, issue) {
      asked.cancelled.push(issue);
    },
    async amend(_, run, amendment) {
      asked.amended.push([run, amendment]);
    },
    async pause(_, issue, paused) {
      asked.paused.push([issue, paused]);
    },
    async cancelRun(_, run) {
      asked.cancelled.push(run);
    },
    left: async () => [...(options.left ?? [])],
    async close() {
      asked.closed++;
    },
  };
  const checkout: Checkout = {
    path: '/person/app',
    unread: [],
    remoteUrl: async (remote) => (remote === 'origin' ? 'git@github.com:acme/app.git' : undefined),
    defaultBranch: async () => 'main',
    branchExists: async (branch) => branch === 'issue-66',
    signs: async () => options.signs,
  };
  const services: Partial<Services> = {
    async connect() {
      if (reachable) return coppice;
      throw new ClientError('Unreachable', 'no Temporal server: start one with `coppice up`');
    },
    async up() {
      asked.ups++;
      reachable = true;
      return {
        address: '127.0.0.1:7233',
        namespace: 'default',
        webUrl: 'http://127.0.0.1:8233',
        embedded: true,
        startedAt: NOW.toISOString(),
        pids: { service: 1 },
        healthy: true,
        troubles: [],
      };
    },
    async oneAtATime(_, work) {
      const before = last;
      const { promise, resolve } = Promise.withResolvers<void>();
      last = promise;
      await before;
      return work().finally(resolve);
    },
    isUp: async () => reachable,
    webUi: async () => (reachable ? 'http://127.0.0.1:8233/' : undefined),
    withLogin: async (page) => `${page} with login`,
    github: async () => github,
    issues: async () => issuesWith(options.issue ?? (() => ({}))),
    codebase: async () => NO_CODEBASE,
    questions: async () => options.questions,
    checkout: async (cwd) => (cwd.startsWith('/nowhere') ? undefined : checkout),
    parseRemoteUrl: async (url) => parseRemoteUrl(url),
    agents: async () => [],
    agentProblem: async (agent) =>
      typeof options.agentProblem === 'function'
        ? options.agentProblem(agent)
        : options.agentProblem,
    attachable: async (adapter) => {
      interactiveAdapter(adapter);
      return { pid: 1, started: 'now' };
    },
    isRunning: async ({ pid }) => pid === 1,
    hostId: async () => 'this-host',
    endLeftover: async (id) => {
      asked.opened.push(`ended ${id}`);
    },
    channelProblems: async () => options.channelProblems ?? [],
    testChannels: async () => options.channelTests ?? [],
    showDiff: async (checkout, diff) => {
      asked.diffs.push([checkout, diff]);
      return 0;
    },
    openBrowser: async () => true,
    openAgent: async ({ conversation }) => {
      asked.opened.push(conversation);
      return options.agentExit ?? 0;
    },
    sandbox: async () => options.sandbox ?? { available: true },
    loadConfig: async () => options.config ?? Config.parse({}),
    workerRecord: async () => undefined,
    missingAgent: async () => undefined,
    namesInConfig: async () => Config.parse({}),
    async remember(repository, path) {
      asked.remembered.push(`${repository} ${path}`);
    },
    remembered: async () => undefined,
    stored: async () => options.stored ?? [],
    leftBranches: async () => [],
    deleteLeftBranch: async () => '',
    pruneTurns: async () => [],
    recordedBoard: async () =>
      board(
        (options.stored ?? []).flatMap(({ last, issue }) =>
          last
            ? {
                source: 'recorded' as const,
                asOf: last.asOf,
                workflowId: String(issue),
                record: last.detail.record,
              }
            : [],
        ),
        { source: 'recorded' },
      ),
  };
  return { services, asked };
}

/** That a command failed as commands should: the exit code, one clear line first, no stack trace. */
export function expectClear({ exitCode, stderr }: Ran, code: number, line: string | RegExp): void {
  expect({ exitCode, stderr }).toEqual({ exitCode: code, stderr: expect.stringMatching(line) });
  expect(stderr).toMatch(/^coppice: \S/);
  expect(stderr).not.toMatch(/\n\s+at |node:internal|\[object |undefined|\.ts:\d/);
  expect(stderr.replace(/[\n—]/g, '')).not.toMatch(/\p{Cc}/u);
  expect(stderr.length).toBeLessThan(3_000);
}
