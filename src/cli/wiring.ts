import type { RepositoryName } from '../domain/shared/repository.ts';
import type { Context, PruneDecision, Services } from './context.ts';

/** The real program behind the commands. Each part is loaded when it is first used. */
export function createServices({
  env,
  home,
  terminal,
}: Pick<Context, 'env' | 'home' | 'terminal'>): Services {
  const report = (line: string) => terminal.err(line);
  /** What is recorded of sessions on this host; damaged records are named, once each. */
  const named = new Set<string>();
  const stored = async (repository: RepositoryName) => {
    const { listSessions } = await import('../state/session-store.ts');
    const { sessions, damaged } = await listSessions(home, repository);
    for (const path of damaged.filter((one) => !named.has(one)))
      report(
        `coppice: ${path} is damaged: what it held is not shown. It is written anew when its session goes on; move it away if that has ended`,
      );
    for (const path of damaged) named.add(path);
    return sessions;
  };
  const github = async () => {
    const { createGitHub } = await import('../github/api/client.ts');
    const { githubApiUrl, tokenSource } = await import('../github/api/token.ts');
    return createGitHub({ apiUrl: githubApiUrl(env), tokens: tokenSource(env), home });
  };
  return {
    github,
    async issues() {
      const { createIssueSource } = await import('../github/issues/issues.ts');
      const { githubApiUrl, tokenSource } = await import('../github/api/token.ts');
      return createIssueSource({ apiUrl: githubApiUrl(env), tokens: tokenSource(env), home });
    },
    async codebase(request) {
      const { openCodebase } = await import('./planning/codebase.ts');
      const { gitTokenSource } = await import('../github/api/token.ts');
      return openCodebase(home, request, gitTokenSource(env));
    },
    proposals: async (request) =>
      (await import('./planning/proposals.ts')).proposalsOfAgent({ env, terminal, home }, request),
    questions: async () =>
      terminal.isTTY && process.stdin.isTTY
        ? (await import('./terminal/questions.ts')).questionsAt(process.stdin, process.stdout)
        : undefined,
    connect: async () => (await import('../client/open.ts')).openCoppice({ env, home }),
    async oneAtATime(doing, work) {
      const { exclusively } = await import('../temporal/exclusively.ts');
      return exclusively(
        home.starting,
        { doing, report: (line) => report(`coppice: ${line}`) },
        work,
      );
    },
    up: async (options) =>
      (await import('../service/service.ts')).up({ ...options, env, home, report }),
    upForeground: async (options) =>
      (await import('../service/service.ts')).upForeground({ ...options, env, home, report }),
    down: async () => (await import('../service/service.ts')).down({ home, report }),
    webUi: async () => (await import('../service/service.ts')).serviceState(home)?.webUrl,
    withLogin: async (page) =>
      (await import('../service/service.ts')).serviceState(home)?.embedded
        ? (await import('../service/web-ui.ts')).withLogin(home, page)
        : page,
    openBrowser: async (link) => {
      const { redirectFile } = await import('../service/web-ui.ts');
      return (await import('./terminal/browser.ts')).openBrowser(redirectFile(home, link));
    },
    isUp: async () => (await import('../service/service.ts')).serviceState(home) !== undefined,
    worker: async (settings) =>
      (await import('../worker/main.ts')).runWorker({ ...env, ...settings }, () =>
        report('the worker is ready; Ctrl-C stops it'),
      ),
    checkout: async (cwd) => (await import('./checkout.ts')).openCheckout(home, cwd),
    parseRemoteUrl: async (url) =>
      (await import('../github/api/remote-url.ts')).parseRemoteUrl(url),
    loadConfig: async (checkout) => (await import('../config/load.ts')).loadConfig(checkout),
    namesInConfig: async (checkout) => (await import('../config/load.ts')).namesInConfig(checkout),
    remember: async (repository, checkout) =>
      (await import('../state/repositories.ts')).rememberRepository(home, repository, checkout),
    remembered: async (repository) =>
      (await import('../state/repositories.ts')).findCheckout(home, repository),
    stored,
    async recordedBoard(repository) {
      const { recordedBoard } = await import('../client/board.ts');
      return recordedBoard(home, repository);
    },
    async prune({ ownership, last }, options): Promise<PruneDecision> {
      const { pruneSession } = await import('./prune/prune-session.ts');
      const { gitTokenSource } = await import('../github/api/token.ts');
      const record = last?.detail.record;
      const pullRequest = {
        url: record?.pullRequestUrl ?? null,
        merged: record?.pullRequestState === 'merged',
      };
      return pruneSession(ownership, pullRequest, {
        ...options,
        home,
        tokens: gitTokenSource(env),
        github,
      });
    },
    leftBranches: async (repository) =>
      (await import('./prune/left-branches.ts')).leftBranches({ home, github }, repository),
    async deleteLeftBranch(left) {
      const { deleteLeftBranch } = await import('./prune/left-branches.ts');
      const { gitTokenSource } = await import('../github/api/token.ts');
      return deleteLeftBranch({ home, github, tokens: gitTokenSource(env) }, left);
    },
    async pruneTurns(repository, { dryRun, open }) {
      const { findOldTurns, keepDays, removeTurns } = await import('../state/old-turns.ts');
      const old = await findOldTurns(home, keepDays(env), new Date(), repository);
      const found = old.filter(({ issue }) => !open.has(issue));
      if (!dryRun) await removeTurns(home, found);
      return found;
    },
    async agents(settings, directory) {
      return (await import('../agents/inventory.ts')).inventory(settings, env, directory);
    },
    async agentProblem(settings, directory) {
      return (await import('../agents/inventory.ts')).agentProblem(settings, env, directory);
    },
    async sandbox() {
      const { sandboxAvailability } = await import('../agents/sandbox/availability.ts');
      return sandboxAvailability(env);
    },
    async attachable(adapter) {
      const { interactiveAdapter } = await import('../agents/interactive.ts');
      const { identify } = await import('../process/identity.ts');
      interactiveAdapter(adapter);
      const own = identify(process.pid);
      if (!own) throw new Error('this process has no identity');
      return own;
    },
    isRunning: async (process) => (await import('../process/identity.ts')).isRunning(process),
    openAgent: async (opening) =>
      (await import('./terminal/interactive.ts')).openAgent({ home, env }, opening),
    endLeftover: async (attachment) =>
      (await import('./terminal/interactive.ts')).endLeftover(attachment),
    workerRecord: async () => (await import('../state/worker-record.ts')).readWorkerRecord(home),
    missingAgent: async (settings, of) =>
      (await import('../agents/inventory.ts')).missingAgent(settings, of),
    hostId: async () => (await import('../state/host.ts')).hostId(home),
    network: async (turnId) =>
      (await import('../agents/turn/network.ts')).networkOf(home.turns, turnId),
    channelProblems: async () => (await import('../state/outbox.ts')).channelProblems(home),
    testChannels: async (config) =>
      (await import('./notify/test-channels.ts')).testChannels({ home, env }, config),
    showDiff: async (checkout, diff) =>
      (await import('./terminal/diff.ts')).showDiff(terminal, checkout, diff),
    async *transcript(turnId, follow) {
      const { transcript } = await import('../agents/turn/transcript.ts');
      yield* transcript(home, turnId, { follow });
    },
  };
}
