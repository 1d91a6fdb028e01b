import { appendFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { spawnLogged } from '../../src/process/logged-child.ts';
import { keepLogsShort } from '../../src/service/logs.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { inOneLine } from '../../src/worker/sdk-log.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryDirectory } from '../support/temporary.ts';

test('a log that grows beyond 5 MB while its program runs is begun anew, and the program goes on writing to it', async () => {
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('logs') });
  mkdirSync(home.service);
  const log = join(home.service, 'worker.log');
  appendFileSync(log, 'begin\n');
  const child = spawnLogged('sh', ['-c', 'while :; do echo still here; sleep 0.05; done'], {
    ...{ log, env: { PATH: process.env.PATH }, cwd: home.root },
  });
  onTestFinished(() => child.stop(0));
  appendFileSync(log, 'x'.repeat(6 * 1024 * 1024));
  const lines: string[] = [];
  onTestFinished(keepLogsShort(home, (line) => lines.push(line), 20));
  await eventually(() => expect(statSync(log).size).toBeLessThan(100_000));
  await eventually(() => expect(readFileSync(log, 'utf8')).toMatch(/^(still here\n)+$/));
  expect(readFileSync(`${log}.1`, 'utf8')).toMatch(/^begin\n/);
  expect(lines).toEqual([]);
});

test('what the SDK logs of a failed activity is one line', () => {
  const line = inOneLine({
    ...{ level: 'WARN', timestampNanos: 0n, message: 'Activity failed' },
    meta: {
      ...{ workflowId: 'coppice/acme/app/issues/1', activityType: 'publish', attempt: 7 },
      ...{ namespace: 'default', runId: 'a', taskToken: 'b' },
      error: new Error('GitHub can’t be reached\nat all'),
    },
  });
  expect(line).toBe(
    '[WARN] Activity failed workflowId=coppice/acme/app/issues/1 activityType=publish attempt=7 GitHub can’t be reached at all',
  );
});
