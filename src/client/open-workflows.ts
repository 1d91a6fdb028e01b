import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { SessionStatus } from '../domain/session/status.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import type { Connected } from './server/connected.ts';
import { lacksSearchAttributes } from './server/server-error.ts';

const RUN = defineSearchAttributeKey('CoppiceRun', SearchAttributeType.KEYWORD);
const ISSUE = defineSearchAttributeKey('CoppiceIssue', SearchAttributeType.INT);
const STATUS = defineSearchAttributeKey('CoppiceStatus', SearchAttributeType.KEYWORD);

/** An open workflow as the server lists it, without a query to the workflow. */
export interface OpenWorkflow {
  readonly workflowId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly issue: number | undefined;
  readonly run: string | null;
  readonly status: SessionStatus;
}

export interface OpenSession extends OpenWorkflow {
  readonly issue: number;
  /** As its run was told it. */
  readonly title?: string;
}

/** The open workflows of a repository, oldest first. A workflow that began within the last second may be missing. */
export async function openWorkflows(
  { client }: Connected,
  type: 'issueWorkflow' | 'runWorkflow',
  repository: RepositoryName,
): Promise<OpenWorkflow[]> {
  const query = `WorkflowType = "${type}" AND CoppiceRepo = "${repository}" AND ExecutionStatus = "Running"`;
  const found: OpenWorkflow[] = [];
  try {
    for await (const { workflowId, startTime, typedSearchAttributes } of client.workflow.list({
      query,
    }))
      found.push({
        workflowId,
        startedAt: startTime.toISOString(),
        issue: typedSearchAttributes.get(ISSUE),
        run: typedSearchAttributes.get(RUN) ?? null,
        status: SessionStatus.safeParse(typedSearchAttributes.get(STATUS)).data ?? 'registered',
      });
  } catch (error) {
    if (lacksSearchAttributes(error)) return [];
    throw error;
  }
  return found.sort((a, b) => a.startedAt.localeCompare(b.startedAt));
}

export const sessionsIn = (workflows: readonly OpenWorkflow[]): OpenSession[] =>
  workflows.flatMap(({ issue, ...rest }) => (issue === undefined ? [] : [{ ...rest, issue }]));
