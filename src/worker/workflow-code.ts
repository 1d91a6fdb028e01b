import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkerOptions } from '@temporalio/worker';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The bundle that `npm run build` makes beside the published JavaScript. */
const PREBUILT = at('../workflow-bundle.js');

/** In a checkout: the last bundle, and what it was made from. */
const KEPT = at('../../node_modules/.cache/coppice/workflow-bundle.json');
const Kept = z.object({ sources: z.string(), code: z.string() });

/** What the workflows' code is bundled from. */
const WORKFLOW_SOURCES = {
  workflowsPath: at('../workflows/index.ts'),
  workflowInterceptorModules: [at('../workflows/reserved-signals.ts')],
} as const;

/**
 * The workflows' code: prebuilt where Coppice is installed. In a checkout it is bundled from source, and kept for the
 * next process as long as sources and packages stay the same.
 */
export async function workflowCode(
  kept = KEPT,
): Promise<NonNullable<WorkerOptions['workflowBundle']>> {
  if (existsSync(PREBUILT)) return { codePath: PREBUILT };
  const sources = hashOfSources();
  const last = readKept(kept);
  if (last?.sources === sources) return { code: last.code };
  const { code } = await bundleWorkflowCode({
    workflowsPath: WORKFLOW_SOURCES.workflowsPath,
    workflowInterceptorModules: [...WORKFLOW_SOURCES.workflowInterceptorModules],
    logger: new DefaultLogger('ERROR'),
  });
  keep(kept, { sources, code });
  return { code };
}

/** Of all sources, and of the packages that are installed. */
function hashOfSources(): string {
  const src = at('..');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => join(src, name));
  const hash = createHash('sha256');
  for (const path of [...files, at('../../node_modules/.package-lock.json')])
    hash.update(`${path}\0`).update(readFileSync(path)).update('\0');
  return hash.digest('hex');
}

function readKept(path: string): z.infer<typeof Kept> | undefined {
  try {
    return Kept.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined; // there is none yet, or it is damaged: it is made again
  }
}

function keep(path: string, bundle: z.infer<typeof Kept>): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileAtomic.sync(path, JSON.stringify(bundle));
  } catch {
    // The checkout is read-only, so the next process bundles again.
  }
}
