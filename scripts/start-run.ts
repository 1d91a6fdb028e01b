import { parseArgs } from 'node:util';
import { openCoppice, runName } from '../src/client/index.ts';

/*
 * Starts a run from a plain script, on a service that is up, and waits for its end:
 *
 *   node scripts/start-run.ts --repo acme/app 123 124 125
 *
 * Where Coppice is installed, import from 'coppice' instead.
 */
const { values, positionals } = parseArgs({
  options: { repo: { type: 'string', default: 'acme/app' } },
  allowPositionals: true,
});
const coppice = await openCoppice();
const run = await coppice.startRun({
  repository: values.repo,
  name: runName(new Date(), 'script'),
  issues: positionals.map((issue) => ({ issue: Number(issue) })),
});
console.log(run.workflowId, run.webUrl ?? '');
console.log(await run.result());
await coppice.close();
