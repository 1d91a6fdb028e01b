import type { RunStatus } from '../domain/run/run.ts';
import { hasEnded } from '../domain/session/reports.ts';
import { isOver, type SessionRecord } from '../domain/session/session.ts';
import { sessionWorkflowId } from '../domain/shared/identity.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import { statusQuery } from '../workflows/messages.ts';
import { minimalRecord } from './minimal-record.ts';
import type { Connected } from './server/connected.ts';
import { queryWorkflow } from './server/query-workflow.ts';
import type { BoardSession } from './types.ts';

interface Ended {
  readonly issue: number;
  readonly status: SessionRecord['status'];
  readonly run: RunStatus;
}

/**
 * The ended sessions of open runs of which nothing is recorded on this host, or nothing of their end: they were never
 * registered, lived on another host, or were closed from outside. Temporal answers for closed workflows too, for a while.
 */
export async function endedSessions(
  connected: Connected,
  repository: RepositoryName,
  runs: readonly RunStatus[],
  known: ReadonlyMap<number, BoardSession>,
): Promise<BoardSession[]> {
  const unknown = runs.flatMap((run) =>
    run.sessions
      .filter((report) => hasEnded(report) && !isKnown(known.get(report.issue), run))
      .map(({ issue, status }): Ended => ({ issue, status, run })),
  );
  return Promise.all(unknown.map((ended) => read(connected, repository, ended)));
}

/** A live one is open: it has begun since. */
const isKnown = (session: BoardSession | undefined, { name }: RunStatus): boolean =>
  session !== undefined &&
  (session.source === 'live' || (session.record.run === name && isOver(session.record)));

async function read(
  connected: Connected,
  repository: RepositoryName,
  { issue, status, run }: Ended,
): Promise<BoardSession> {
  const workflowId = sessionWorkflowId(repository, issue);
  const asOf = new Date().toISOString();
  const answer = await queryWorkflow(connected, workflowId, statusQuery);
  const told =
    answer.kind === 'responded' && answer.value.run === run.name ? answer.value : undefined;
  if (told && isOver(told)) return { workflowId, record: told, source: 'live', asOf };
  const refusal = run.notStarted.find((entry) => entry.issue === issue)?.reason;
  const bare = minimalRecord(repository, {
    ...{ issue, run: run.name, status, workflowId, startedAt: asOf },
  });
  const record = told ? { ...told, status: 'cancelled' as const } : bare.record;
  return {
    ...{ workflowId, source: 'live', asOf },
    record: {
      ...record,
      stuckReason: null,
      asksFor: null,
      options: [],
      activity: refusal ?? CLOSED,
    },
  };
}

const CLOSED = 'its workflow was closed from outside; its work is kept';
