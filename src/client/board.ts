import type { RunStatus } from '../domain/run/run.ts';
import { hasEnded } from '../domain/session/reports.ts';
import { isOver } from '../domain/session/session.ts';
import { runNameIn, sessionWorkflowId } from '../domain/shared/identity.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import { readGitHubLimits } from '../state/github-limits.ts';
import type { Home } from '../state/home.ts';
import { channelProblems } from '../state/outbox.ts';
import { listSessions } from '../state/session-store.ts';
import { closedUsageGates } from '../state/usage-gates.ts';
import { runStatusQuery, statusQuery } from '../workflows/messages.ts';
import { endedSessions } from './ended.ts';
import { minimalRecord, withTitle } from './minimal-record.ts';
import { type OpenSession, openWorkflows, sessionsIn } from './open-workflows.ts';
import { withProgress } from './progress.ts';
import type { Connected } from './server/connected.ts';
import { queryWorkflow } from './server/query-workflow.ts';
import type { Board, BoardSession, UnresponsiveRun } from './types.ts';

/** The board as the workflows report it. Workflows that do not answer are filled in from this host's records. */
export async function readBoard(connected: Connected, repository: RepositoryName): Promise<Board> {
  const asOf = new Date().toISOString();
  const [stored, runs] = await Promise.all([
    listSessions(connected.home, repository),
    askRuns(connected, repository),
  ]);
  const known = new Map(recordedIn(stored).map((session) => [session.record.issueNumber, session]));
  const open = await openSessions(connected, repository, runs.responding);
  const sessions = await Promise.all(
    open.map((session) => askSession(connected, repository, session, known.get(session.issue))),
  );
  for (const session of sessions.flat()) known.set(session.record.issueNumber, session);
  for (const session of await endedSessions(connected, repository, runs.responding, known))
    known.set(session.record.issueNumber, session);
  return {
    ...{ source: 'live', asOf, runs: runs.responding, unresponsiveRuns: runs.unresponsive },
    ...{ ...sessionsOf(stored, [...known.values()]), ...(await limitsOf(connected.home)) },
  };
}

/** The board from this host's records, for when no server answers. */
export async function recordedBoard(home: Home, repository: RepositoryName): Promise<Board> {
  const stored = await listSessions(home, repository);
  const sessions = recordedIn(stored);
  const asOf =
    sessions
      .map((session) => session.asOf)
      .sort()
      .at(-1) ?? new Date().toISOString();
  const limits = await limitsOf(home);
  return {
    ...{ source: 'recorded', asOf, runs: [], unresponsiveRuns: [] },
    ...{ ...sessionsOf(stored, sessions), ...limits },
  };
}

/** What makes this host wait: usage limits of agents, GitHub's rate limits, and channels that do not deliver. */
const limitsOf = async (
  home: Home,
): Promise<Pick<Board, 'githubUntil' | 'usageLimits' | 'channelProblems'>> => ({
  channelProblems: await channelProblems(home),
  githubUntil:
    Object.values(await readGitHubLimits(home))
      .sort()
      .at(-1) ?? null,
  usageLimits: (await closedUsageGates(home)).map(({ account, until }) => ({ account, until })),
});

type Stored = Awaited<ReturnType<typeof listSessions>>;

/** By issue number, with what this host has of them, and which records can't be read. */
function sessionsOf(
  { sessions: stored, damaged }: Stored,
  sessions: readonly BoardSession[],
): Pick<Board, 'sessions' | 'damaged'> {
  const owned = new Set(stored.filter(({ ownership }) => ownership).map(({ issue }) => issue));
  return {
    sessions: sessions
      .map((session) => ({ ...session, leftHere: owned.has(session.record.issueNumber) }))
      .sort((a, b) => a.record.issueNumber - b.record.issueNumber),
    damaged,
  };
}

const recordedIn = ({ sessions }: Stored): BoardSession[] =>
  sessions.flatMap(({ repository, issue, last }) =>
    last
      ? [
          {
            workflowId: sessionWorkflowId(repository, issue),
            record: last.detail.record,
            source: 'recorded' as const,
            asOf: last.asOf,
          },
        ]
      : [],
  );

/**
 * The sessions that are open: those that the server lists, and those that an open run has begun, since a listing comes a
 * moment late.
 */
async function openSessions(
  connected: Connected,
  repository: RepositoryName,
  runs: readonly RunStatus[],
): Promise<OpenSession[]> {
  const begun = runs.flatMap((run) =>
    run.sessions
      .filter((report) => !hasEnded(report))
      .map(
        ({ issue, status }): OpenSession => ({
          ...{ issue, status, run: run.name, startedAt: new Date().toISOString() },
          ...titleIn(run, issue),
          workflowId: sessionWorkflowId(repository, issue),
        }),
      ),
  );
  const listed = sessionsIn(await openWorkflows(connected, 'issueWorkflow', repository));
  const known = new Map(begun.map((session) => [session.issue, session]));
  for (const session of listed)
    known.set(session.issue, { ...known.get(session.issue), ...session });
  return [...known.values()];
}

const titleIn = ({ titles }: RunStatus, issue: number): { title?: string } => {
  const title = titles[issue];
  return title === undefined ? {} : { title };
};

/** An open session as its workflow reports it, or else as it was recorded. Undefined when it has ended meanwhile. */
async function askSession(
  connected: Connected,
  repository: RepositoryName,
  open: OpenSession,
  last: BoardSession | undefined,
): Promise<BoardSession[]> {
  const { workflowId } = open;
  const answer = await queryWorkflow(connected, workflowId, statusQuery);
  switch (answer.kind) {
    case 'responded': {
      const told = await withProgress(connected, workflowId, answer.value);
      const record = withTitle(told, open);
      return [{ workflowId, record, source: 'live', asOf: new Date().toISOString() }];
    }
    case 'unresponsive': {
      const { unresponsive } = answer;
      // What was recorded of an earlier session of the issue says nothing of this one.
      const known = last && last.record.run === open.run && !isOver(last.record) ? last : undefined;
      const { record, asOf } = known ?? minimalRecord(repository, open);
      return [{ workflowId, record, source: 'recorded', asOf, unresponsive }];
    }
    case 'gone':
      // A run begins a session a moment before its workflow is there.
      return isBeginning(open)
        ? [{ workflowId, ...minimalRecord(repository, open), source: 'live' }]
        : [];
  }
}

const isBeginning = ({ status }: OpenSession): boolean => status === 'registered';

export const openRuns = async (
  connected: Connected,
  repository: RepositoryName,
): Promise<RunStatus[]> => (await askRuns(connected, repository)).responding;

async function askRuns(
  connected: Connected,
  repository: RepositoryName,
): Promise<{ responding: RunStatus[]; unresponsive: UnresponsiveRun[] }> {
  const open = await openWorkflows(connected, 'runWorkflow', repository);
  const answers = await Promise.all(
    open.map(async ({ workflowId }) => ({
      workflowId,
      answer: await queryWorkflow(connected, workflowId, runStatusQuery),
    })),
  );
  return {
    responding: answers.flatMap(({ answer }) =>
      answer.kind === 'responded' ? [answer.value] : [],
    ),
    unresponsive: answers.flatMap(({ workflowId, answer }) =>
      answer.kind === 'unresponsive'
        ? [{ name: runNameIn(workflowId), workflowId, ...answer.unresponsive }]
        : [],
    ),
  };
}
