import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkerOptions } from '@temporalio/worker';

/** The bundle that `npm run build` makes beside the published JavaScript. */
const PREBUILT = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));

const source = (name: string): string =>
  fileURLToPath(new URL(`../workflows/${name}.ts`, import.meta.url));

/** What the workflows' code is bundled from. */
export const WORKFLOW_SOURCES = {
  workflowsPath: source('index'),
  workflowInterceptorModules: [source('reserved-signals')],
} as const;

/** The workflows' code: prebuilt where Coppice is installed, bundled from source in a checkout of it. */
export const workflowCode = (): Pick<
  WorkerOptions,
  'workflowBundle' | 'workflowsPath' | 'interceptors'
> =>
  existsSync(PREBUILT)
    ? { workflowBundle: { codePath: PREBUILT } }
    : {
        workflowsPath: WORKFLOW_SOURCES.workflowsPath,
        interceptors: { workflowModules: [...WORKFLOW_SOURCES.workflowInterceptorModules] },
      };
