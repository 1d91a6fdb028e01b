import type { Board, BoardSession } from '../../src/client/types.ts';
import type { RunStatus } from '../../src/domain/run/run.ts';
import { NO_TOKENS } from '../../src/domain/session/budget.ts';
import type { SessionRecord } from '../../src/domain/session/session.ts';
import { sessionWorkflowId } from '../../src/domain/shared/identity.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';

export const repository = RepositoryName.parse('acme/app');

/** The moment of the seed's example. */
export const NOW = new Date('2025-01-08T11:15:00Z');

export const minutesAgo = (minutes: number): string =>
  new Date(NOW.getTime() - minutes * 60_000).toISOString();

export function record(issueNumber: number, changes: Partial<SessionRecord> = {}): SessionRecord {
  return {
    id: String(issueNumber),
    issueNumber,
    issueTitle: 'Add export button',
    status: 'working',
    branch: `issue-${issueNumber}`,
    worktreePath: `/path/to/project-issue-${issueNumber}`,
    startedAt: minutesAgo(45),
    lastHeartbeat: minutesAgo(0),
    stuckReason: null,
    forwardedMessage: null,
    pullRequestUrl: null,
    repository,
    run: 'first',
    pullRequestState: null,
    diff: { files: 3, insertions: 42, deletions: 5 },
    costUsd: 0,
    tokens: NO_TOKENS,
    unpriced: NO_TOKENS,
    turns: 1,
    waitingUntil: null,
    since: minutesAgo(45),
    activity: 'implementing',
    options: [],
    asksFor: null,
    attachedSince: null,
    ...changes,
  };
}

export const session = (
  issueNumber: number,
  changes: Partial<SessionRecord> = {},
  freshness: Partial<BoardSession> = {},
): BoardSession => ({
  source: 'live',
  asOf: NOW.toISOString(),
  workflowId: sessionWorkflowId(repository, issueNumber),
  record: record(issueNumber, changes),
  ...freshness,
});

export const board = (sessions: readonly BoardSession[], changes: Partial<Board> = {}): Board => ({
  source: 'live',
  asOf: NOW.toISOString(),
  runs: [],
  sessions,
  githubUntil: null,
  usageLimits: [],
  channelProblems: [],
  unresponsiveRuns: [],
  damaged: [],
  ...changes,
});

/** The three sessions of the seed's report. */
export const SEED_SESSIONS = [
  session(123),
  session(124, {
    status: 'stuck',
    issueTitle: 'Implement auth flow',
    since: minutesAgo(12),
    stuckReason: 'Auth decision needed - token refresh approach unclear',
  }),
  session(125, {
    status: 'complete',
    issueTitle: 'Add dark mode',
    pullRequestUrl: 'https://github.com/owner/repo/pull/42',
    pullRequestState: 'open',
  }),
];

/** An open run, of which nothing has started. */
export const run = (
  name: string,
  issues: number[],
  changes: Partial<RunStatus> = {},
): RunStatus => ({
  ...{
    name,
    repository,
    concurrency: 3,
    paused: false,
    closed: false,
    planned: issues,
    sessions: [],
  },
  titles: {},
  queue: issues.map((issue) => ({ issue, waitingFor: 'a free slot' })),
  notStarted: [],
  ...changes,
});
