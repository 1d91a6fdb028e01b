import { getExternalWorkflowHandle, log, type SignalDefinition } from '@temporalio/workflow';
import { sessionWorkflowId } from '../../domain/shared/identity.ts';
import type { Run } from './run.ts';

/** Signals a session of a run. One that has ended meanwhile can’t be signalled, and needs nothing any more. */
export async function signalSession<Args extends unknown[]>(
  run: Run,
  issue: number,
  definition: SignalDefinition<Args>,
  ...args: Args
): Promise<void> {
  const session = getExternalWorkflowHandle(sessionWorkflowId(run.input.repository, issue));
  try {
    await session.signal(definition, ...args);
  } catch (error) {
    log.info('a session ended before it was signalled', { issue, signal: definition.name, error });
  }
}
