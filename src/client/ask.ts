import { QueryNotRegisteredError, WorkflowNotFoundError } from '@temporalio/client';
import type { QueryDefinition } from '@temporalio/common';
import type { Connected } from './connected.ts';
import { isAboutServer } from './server-trouble.ts';
import type { Unanswered } from './types.ts';
import { whyUnanswered } from './unanswered.ts';

/** How long a worker may take to answer, in milliseconds, before the answer is looked up elsewhere. */
const PATIENCE = 3_000;

/** What a workflow told; or that it is open and did not answer, and why; or that there is none. */
export type QueryResult<T> =
  | { readonly kind: 'told'; readonly value: T }
  | { readonly kind: 'unanswered'; readonly unanswered: Unanswered }
  | { readonly kind: 'gone' };

/**
 * Queries one workflow, for so long and no longer: what is wrong with it is part of the answer, so that it hides no other.
 * @throws what is wrong with the server as a whole
 */
export async function ask<T>(
  connected: Connected,
  workflowId: string,
  query: QueryDefinition<T>,
): Promise<QueryResult<T>> {
  const { client } = connected;
  try {
    const value = await client.withDeadline(Date.now() + PATIENCE, () =>
      client.workflow.getHandle(workflowId).query(query),
    );
    return { kind: 'told', value };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { kind: 'gone' };
    if (isAboutServer(error)) throw error;
    const refusal = error instanceof QueryNotRegisteredError ? error.message : '';
    const unanswered = await whyUnanswered(connected, workflowId, refusal);
    return unanswered ? { kind: 'unanswered', unanswered } : { kind: 'gone' };
  }
}
