import { parseArgs } from 'node:util';
import { openCoppice } from '../src/client/open.ts';
import { runName } from '../src/domain/identity.ts';
import { coppiceHome } from '../src/state/home.ts';

/*
 * Starts a run from a plain script, on a service that is up, and waits for its end:
 *
 *   node scripts/start-run.ts --repo acme/app 123 124 125
 */
const { values, positionals } = parseArgs({
  options: { repo: { type: 'string', default: 'acme/app' } },
  allowPositionals: true,
});
const coppice = await openCoppice({ env: process.env, home: coppiceHome() });
const run = await coppice.startRun({
  repository: values.repo,
  name: runName(new Date(), 'script'),
  issues: positionals.map((issue) => ({ issue: Number(issue) })),
});
console.log(run.workflowId, run.webUrl ?? '');
console.log(await run.result());
await coppice.close();
