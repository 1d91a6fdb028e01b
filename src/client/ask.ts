import {
  isGrpcCancelledError,
  isGrpcDeadlineError,
  QueryNotRegisteredError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { QueryDefinition } from '@temporalio/common';
import type { Connected } from './connected.ts';

/** How long a worker may take to answer, in milliseconds, before the answer is looked up elsewhere. */
const PATIENCE = 3_000;

/** Queries a workflow. @returns undefined when there is none, or no worker answers for it */
export async function ask<T>(
  { client }: Connected,
  workflowId: string,
  query: QueryDefinition<T>,
): Promise<T | undefined> {
  try {
    return await client.withDeadline(Date.now() + PATIENCE, () =>
      client.workflow.getHandle(workflowId).query(query),
    );
  } catch (error) {
    if (isUnanswered(error)) return undefined;
    throw error;
  }
}

/** A deadline that passes on the server first comes back as a cancellation. */
const isUnanswered = (error: unknown): boolean =>
  error instanceof WorkflowNotFoundError ||
  error instanceof QueryNotRegisteredError ||
  isGrpcDeadlineError(error) ||
  isGrpcCancelledError(error);
