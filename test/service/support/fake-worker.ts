/**
 * Stands in for the worker in tests of the service: ready at once, and drains on SIGTERM. It notes what happens, one
 * line each, in `events` of the state directory. `FAKE_WORKER` makes it `broken`, or `slow` to drain.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';

const { COPPICE_HOME = '.', FAKE_WORKER, ...env } = process.env;
const note = (event: string) => appendFileSync(join(COPPICE_HOME, 'events'), `${event}\n`);

if (FAKE_WORKER === 'broken') throw new Error('the worker is broken');

const settings = Object.keys(env).filter((name) => /^TEMPORAL_/.test(name));
note(`ready ${settings.sort().map((name) => `${name}=${env[name]}`)}`);
const idle = setInterval(() => {}, 60_000);
process.on('SIGTERM', async () => {
  note('draining');
  if (FAKE_WORKER === 'slow') return;
  const { connectionOptions } = loadClientConnectConfig();
  const connection = await Connection.connect(connectionOptions);
  await connection.close();
  note('drained, the server still answered');
  clearInterval(idle);
  process.disconnect?.();
});
process.send?.({ ready: true });
