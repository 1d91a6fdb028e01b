import { QueryNotRegisteredError, WorkflowNotFoundError } from '@temporalio/client';
import type { QueryDefinition } from '@temporalio/common';
import type { Unresponsive } from '../types.ts';
import type { Connected } from './connected.ts';
import { isAboutServer } from './server-error.ts';
import { whyUnresponsive } from './unresponsive.ts';

/** How long a worker may take to answer, in milliseconds, before the answer is looked up elsewhere. */
const TIMEOUT = 3_000;

/** The answer of a workflow; or why it is open and did not answer; or that there is no such workflow. */
export type QueryResult<T> =
  | { readonly kind: 'responded'; readonly value: T }
  | { readonly kind: 'unresponsive'; readonly unresponsive: Unresponsive }
  | { readonly kind: 'gone' };

/**
 * Queries one workflow, with a time limit. A fault of this workflow is part of the result, so that one faulty workflow does
 * not hide the others. @throws the error when the server as a whole has a fault
 */
export async function queryWorkflow<T>(
  connected: Connected,
  workflowId: string,
  query: QueryDefinition<T>,
): Promise<QueryResult<T>> {
  const { client } = connected;
  try {
    const value = await client.withDeadline(Date.now() + TIMEOUT, () =>
      client.workflow.getHandle(workflowId).query(query),
    );
    return { kind: 'responded', value };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { kind: 'gone' };
    if (isAboutServer(error)) throw error;
    const refusal = error instanceof QueryNotRegisteredError ? error.message : '';
    const unresponsive = await whyUnresponsive(connected, workflowId, refusal);
    return unresponsive ? { kind: 'unresponsive', unresponsive } : { kind: 'gone' };
  }
}
