import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testChannels } from '../../src/cli/notify/test-channels.ts';
import { Config } from '../../src/config/schema.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { receiver } from '../notify/support.ts';
import { runInProcess } from '../support/cli.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { board, NOW } from './records.ts';
import { expectClear, world } from './world.ts';

test('each channel is tried, and what went wrong is one line', async () => {
  const { url, received } = await receiver((count) => (count === 1 ? 200 : 500));
  const home = temporaryDirectory('channels');
  writeFileSync(
    join(home, 'notify.yaml'),
    `desktop: false\nchannels:\n  good: {type: webhook, url: ${url}}\n  gone: {type: slack, url: $NOT_THERE}\n`,
  );
  const env = { COPPICE_HOME: home };
  const results = await testChannels({ home: coppiceHome(env), env }, Config.parse({}));
  expect(results).toEqual([
    { channel: 'good' },
    { channel: 'gone', problem: "there is no variable NOT_THERE in the service's environment" },
  ]);
  expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ events: [{ kind: 'test' }] });
});

test('coppice notify --test tells how each did, and fails when one did', async () => {
  const channelTests = [{ channel: 'a' }, { channel: 'b', problem: 'it answered 500' }];
  const { services } = world({ channelTests });
  const { exitCode, stdout } = await runInProcess(['notify', '--test'], { services });
  expect([exitCode, stdout]).toEqual([1, 'a: sent\nb: not sent: it answered 500']);
  expectClear(await runInProcess(['notify'], { services }), 2, /notify --test/);
});

test('a channel that does not deliver stands on the board', async () => {
  const channelProblems = [{ channel: 'team', error: 'it answered 500', waiting: 3 }];
  const { services } = world({ board: board([], { channelProblems }) });
  const { stdout } = await runInProcess(['status'], { services, now: NOW });
  expect(stdout).toContain(
    'The channel team does not deliver: it answered 500; 3 waiting. Try it: coppice notify --test',
  );
});
