import type { WorkflowInterceptors } from '@temporalio/workflow';

/** The prefix of the SDK's own names. */
const RESERVED = '__temporal_';

/**
 * When a workflow with a default signal handler gets a signal with a reserved name, the SDK fails the
 * workflow task again and again. This interceptor renames such a signal, so that it is refused like any other
 * unknown signal.
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
