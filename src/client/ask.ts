import { QueryNotRegisteredError, WorkflowNotFoundError } from '@temporalio/client';
import type { QueryDefinition } from '@temporalio/common';
import type { Connected } from './connected.ts';
import { isAboutServer } from './server-trouble.ts';
import type { Unanswered } from './types.ts';
import { whyUnanswered } from './unanswered.ts';

/** How long a worker may take to answer, in milliseconds, before the answer is looked up elsewhere. */
const TIMEOUT = 3_000;

/** The answer of a workflow; or why it is open and did not answer; or that there is no such workflow. */
export type QueryResult<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'unanswered'; readonly unanswered: Unanswered }
  | { readonly kind: 'gone' };

/**
 * Queries one workflow, with a time limit. A fault of this workflow is part of the result, so that one faulty workflow does
 * not hide the others. @throws the error when the server as a whole has a fault
 */
export async function ask<T>(
  connected: Connected,
  workflowId: string,
  query: QueryDefinition<T>,
): Promise<QueryResult<T>> {
  const { client } = connected;
  try {
    const value = await client.withDeadline(Date.now() + TIMEOUT, () =>
      client.workflow.getHandle(workflowId).query(query),
    );
    return { kind: 'answered', value };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { kind: 'gone' };
    if (isAboutServer(error)) throw error;
    const refusal = error instanceof QueryNotRegisteredError ? error.message : '';
    const unanswered = await whyUnanswered(connected, workflowId, refusal);
    return unanswered ? { kind: 'unanswered', unanswered } : { kind: 'gone' };
  }
}
