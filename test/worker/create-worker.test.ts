import { DefaultLogger } from '@temporalio/worker';
import { compileWorkerOptions } from '@temporalio/worker/lib/worker-options.js';
import { expect, test } from 'vitest';
import { STEP_LIMIT } from '../../src/worker/create-worker.ts';

test('the SDK takes the limit for a step of a workflow, which it does not declare', () => {
  const options = { ...STEP_LIMIT, taskQueue: 'any', workflowsPath: 'any' };
  const nothing = { withTags: () => nothing } as never;
  const compiled = compileWorkerOptions(options, new DefaultLogger('ERROR'), nothing);
  expect(compiled.isolateExecutionTimeoutMs).toBe(30_000);
});
