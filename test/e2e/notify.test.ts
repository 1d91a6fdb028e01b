import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { NotificationEvent } from '../../src/domain/notification.ts';
import { down, serviceState, up } from '../../src/service/service.ts';
import { receiver } from '../notify/support.ts';
import { scriptedAgent } from '../support/agent-setup.ts';
import { coppice } from '../support/cli.ts';
import { createEnvironment } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { expectQuestions } from '../support/questions.ts';
import { temporaryDirectory } from '../support/temporary.ts';

test('a person is told by webhook of a question and of the pull request, once each, though the worker is killed, and answers by number', {
  timeout: 270_000,
}, async () => {
  // The first message is not taken: it comes again after the kill.
  const { url, received } = await receiver((count) => (count === 1 ? 500 : 200));
  const scene = await createEnvironment(temporaryDirectory('told'), {
    config: { sandbox: 'off' },
    agent: scriptedAgent({}),
  });
  const { env, home, checkout } = scene;
  const silent = { report: () => undefined };
  onTestFinished(async () => {
    await down({ home, ...silent });
    await scene.close();
    expectQuestions(home, ['#124: Approve the plan?', '#124: Token refresh approach']);
  });
  const channel = `{type: webhook, url: ${url}/in, secret: $HOOK_SECRET, events: [approval, stuck, ready]}`;
  mkdirSync(home.root, { recursive: true });
  writeFileSync(join(home.root, 'notify.yaml'), `desktop: false\nchannels:\n  hook: ${channel}\n`);
  await up({ env: { ...env, HOOK_SECRET: 'squeamish' }, home, ...silent });
  const cli = async (args: readonly string[], input?: string) => {
    const ran = await coppice(args, { cwd: checkout, env, ...(input !== undefined && { input }) });
    expect(ran.exitCode, ran.stderr).toBe(0);
    return ran.stdout;
  };
  const messages = () =>
    received.map(({ body }) => JSON.parse(body) as { id: string; events: NotificationEvent[] });

  await cli(['run', '124', '--yes']);
  await eventually(() => expect(received).toHaveLength(1));
  process.kill(serviceState(home)?.pids.worker ?? 0, 'SIGKILL');
  await eventually(() => expect(received).toHaveLength(2));
  const [first, again] = messages();
  expect(again?.id).toBe(first?.id);
  expect(received[1]?.headers['x-coppice-signature-256']).toMatch(/^sha256=[0-9a-f]{64}$/);
  expect(again?.events).toMatchObject([{ kind: 'approval', issue: 124, title: '#124 is stuck' }]);
  expect(await cli(['approve', '124'])).toContain('The plan of #124 is approved.');
  await eventually(() => expect(received).toHaveLength(3));
  expect(messages()[2]?.events).toMatchObject([
    {
      ...{ kind: 'stuck', issue: 124 },
      question: {
        decision: 'Token refresh approach',
        command: 'coppice guide 124 --option 1',
        options: [
          { number: 1, recommended: true, command: 'coppice guide 124 --option 1' },
          { number: 2, recommended: false, command: 'coppice guide 124 --option 2' },
        ],
      },
    },
  ]);
  expect(await cli(['answer'], '1\n')).toContain('1 answered');
  await eventually(() => expect(messages().at(-1)?.events[0]).toMatchObject({ kind: 'ready' }));
  expect(messages().flatMap(({ events }) => events.map(({ kind }) => kind))).toEqual([
    ...['approval', 'approval', 'stuck', 'ready'],
  ]);
});
