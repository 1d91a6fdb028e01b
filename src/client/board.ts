import { sessionWorkflowId } from '../domain/identity.ts';
import type { RepositoryName } from '../domain/repository.ts';
import type { RunStatus } from '../domain/run.ts';
import { readGitHubLimits } from '../state/github-limits.ts';
import type { Home } from '../state/home.ts';
import { listSessions } from '../state/session-store.ts';
import { closedUsageGates } from '../state/usage-gates.ts';
import { runStatusQuery, statusQuery } from '../workflows/messages.ts';
import { ask } from './ask.ts';
import type { Connected } from './connected.ts';
import { withProgress } from './progress.ts';
import type { Board, BoardSession } from './types.ts';

/** The board as the workflows tell it; what no worker answers for is filled in from this host's records. */
export async function readBoard(connected: Connected, repository: RepositoryName): Promise<Board> {
  const asOf = new Date().toISOString();
  const [recorded, runs] = await Promise.all([
    recordedSessions(connected.home, repository),
    openRuns(connected, repository),
  ]);
  const open = await openSessions(connected, repository);
  const known = new Map(recorded.map((session) => [session.record.issueNumber, session]));
  for (const session of open) known.set(session.record.issueNumber, session);
  const limits = await limitsOf(connected.home);
  return { source: 'live', asOf, runs, sessions: inOrder([...known.values()]), ...limits };
}

/** The board while no server answers. */
export async function recordedBoard(home: Home, repository: RepositoryName): Promise<Board> {
  const sessions = await recordedSessions(home, repository);
  const asOf =
    sessions
      .map((session) => session.asOf)
      .sort()
      .at(-1) ?? new Date().toISOString();
  const limits = await limitsOf(home);
  return { source: 'recorded', asOf, runs: [], sessions: inOrder(sessions), ...limits };
}

/** What this host has to wait for. */
const limitsOf = async (home: Home): Promise<Pick<Board, 'githubUntil' | 'usageLimits'>> => ({
  githubUntil:
    Object.values(await readGitHubLimits(home))
      .sort()
      .at(-1) ?? null,
  usageLimits: (await closedUsageGates(home)).map(({ account, until }) => ({ account, until })),
});

const inOrder = (sessions: BoardSession[]): BoardSession[] =>
  sessions.sort((a, b) => a.record.issueNumber - b.record.issueNumber);

async function recordedSessions(home: Home, repository: RepositoryName): Promise<BoardSession[]> {
  const { sessions } = await listSessions(home, repository);
  return sessions.flatMap(({ issue, last }) =>
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
}

const running = (type: string, repository: RepositoryName): string =>
  `WorkflowType = "${type}" AND CoppiceRepo = "${repository}" AND ExecutionStatus = "Running"`;

async function openSessions(
  connected: Connected,
  repository: RepositoryName,
): Promise<BoardSession[]> {
  const ids = await workflowIds(connected, running('issueWorkflow', repository));
  const answers = await Promise.all(
    ids.map(async (workflowId): Promise<BoardSession[]> => {
      const told = await ask(connected, workflowId, statusQuery);
      const record = told && (await withProgress(connected, workflowId, told));
      return record ? [{ workflowId, record, source: 'live', asOf: new Date().toISOString() }] : [];
    }),
  );
  return answers.flat();
}

export async function openRuns(
  connected: Connected,
  repository: RepositoryName,
): Promise<RunStatus[]> {
  const ids = await workflowIds(connected, running('runWorkflow', repository));
  const answers = await Promise.all(ids.map((id) => ask(connected, id, runStatusQuery)));
  return answers.filter((status) => status !== undefined);
}

/** Oldest first. */
async function workflowIds({ client }: Connected, query: string): Promise<string[]> {
  const found: { id: string; at: Date }[] = [];
  for await (const { workflowId, startTime } of client.workflow.list({ query }))
    found.push({ id: workflowId, at: startTime });
  return found.sort((a, b) => a.at.getTime() - b.at.getTime()).map(({ id }) => id);
}
