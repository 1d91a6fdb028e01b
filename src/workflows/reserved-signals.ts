import type { WorkflowInterceptors } from '@temporalio/workflow';

/** Where the SDK's own names begin. */
const RESERVED = '__temporal_';

/**
 * The SDK fails the task of a workflow that is sent a signal of a reserved name, again and again, where the workflow takes
 * signals of every name. Here such a one gets a name that is refused like any other.
 */
export const interceptors = (): WorkflowInterceptors => ({
  internals: [
    {
      activate(input, next) {
        for (const { signalWorkflow: signal } of input.activation.jobs ?? [])
          if (signal?.signalName?.startsWith(RESERVED))
            signal.signalName = `reserved ${signal.signalName}`;
        next(input);
      },
    },
  ],
});
