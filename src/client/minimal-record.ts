import { NO_TOKENS } from '../domain/session/budget.ts';
import type { SessionRecord } from '../domain/session/session.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import type { OpenSession } from './open-workflows.ts';

/** Adds the title from the run's plan to the record of a session that has not read its issue yet. */
export const withTitle = (record: SessionRecord, { title = '' }: OpenSession): SessionRecord =>
  record.issueTitle === '' ? { ...record, issueTitle: title } : record;

/** A record with what the server knows of a session that does not answer and of which this host has no record. */
export function minimalRecord(
  repository: RepositoryName,
  { issue, run, status, startedAt, title = '' }: OpenSession,
): { readonly record: SessionRecord; readonly asOf: string } {
  const record: SessionRecord = {
    ...{ id: String(issue), issueNumber: issue, issueTitle: title, repository, run, status },
    ...{ branch: '', worktreePath: '', startedAt, since: startedAt, lastHeartbeat: startedAt },
    ...{ stuckReason: null, forwardedMessage: null, pullRequestUrl: null, pullRequestState: null },
    ...{ diff: null, costUsd: 0, tokens: NO_TOKENS, unpriced: NO_TOKENS, turns: 0 },
    ...{ waitingUntil: null, activity: '', asksFor: null, options: [], attachedSince: null },
  };
  return { record, asOf: startedAt };
}
