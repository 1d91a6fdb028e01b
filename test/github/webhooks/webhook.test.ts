import { Webhooks } from '@octokit/webhooks';
import { expect, onTestFinished, test, vi } from 'vitest';
import { coalesce } from '../../../src/github/watcher/coalesce.ts';
import { receiveWebhooks } from '../../../src/github/webhooks/webhook.ts';
import { limits } from '../../../src/worker/limits.ts';

const SECRET = 'shared with GitHub';

async function receiving() {
  const onEvent = vi.fn();
  const lines: string[] = [];
  const receiver = await receiveWebhooks({
    ...{ host: '127.0.0.1', port: 0, secret: SECRET, onEvent },
    log: (line) => lines.push(line),
  });
  onTestFinished(() => receiver.close());
  const send = async (
    payload: unknown,
    { secret = SECRET, url = receiver.url, headers = {} as Record<string, string> } = {},
  ) => {
    const body = JSON.stringify(payload);
    const { status } = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'check_run',
        'x-github-delivery': 'one',
        'x-hub-signature-256': await new Webhooks({ secret }).sign(body),
        ...headers,
      },
      body,
    });
    return status;
  };
  return { onEvent, lines, receiver, send };
}

const EVENT = { action: 'completed', repository: { full_name: 'acme/app' } };

test('what GitHub has signed tells which repository something happened in', async () => {
  const { onEvent, send } = await receiving();
  expect(await send(EVENT)).toBe(200);
  expect(onEvent.mock.calls).toEqual([['acme/app']]);
});

test('what someone else has signed is refused, and told once', async () => {
  const { onEvent, send, lines } = await receiving();
  expect(await send(EVENT, { secret: 'a guess' })).toBe(400);
  expect(await send(EVENT, { headers: { 'x-hub-signature-256': 'sha256=00' } })).toBe(400);
  expect(onEvent).not.toHaveBeenCalled();
  expect(lines).toEqual([expect.stringContaining('GITHUB_WEBHOOK_SECRET')]);
});

test('an event of no repository, or of an impossible one, is taken and means nothing', async () => {
  const { onEvent, send } = await receiving();
  expect(await send({ zen: 'Keep it logically awesome.' })).toBe(200);
  expect(await send({ repository: { full_name: '../../etc' } })).toBe(200);
  expect(await send({ repository: null })).toBe(200);
  expect(onEvent).not.toHaveBeenCalled();
});

test('what is too long, of unknown length, or for elsewhere is refused unread', async () => {
  const { onEvent, send, receiver } = await receiving();
  const post = (url: string, init: RequestInit) => fetch(url, { method: 'POST', ...init });
  const stream = new Blob(['{}']).stream();
  expect((await post(receiver.url, { body: stream, duplex: 'half' } as RequestInit)).status).toBe(
    411,
  );
  const long = post(receiver.url, { body: 'x'.repeat(26 * 1024 * 1024) });
  // The connection may be closed before all is sent.
  expect(await long.then(({ status }) => status).catch(() => 413)).toBe(413);
  expect(await send(EVENT, { url: receiver.url.replace('webhook', 'elsewhere') })).toBe(404);
  expect((await fetch(receiver.url)).status).toBe(404);
  expect(onEvent).not.toHaveBeenCalled();
});

test('a storm of events is two rounds: one at once, and one after a while', () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const action = vi.fn();
  const { ask, end } = coalesce(action, 5_000);
  for (let n = 0; n < 100; n += 1) ask();
  expect(action).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(5_000);
  expect(action).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(20_000);
  expect(action).toHaveBeenCalledTimes(2);
  ask();
  ask();
  end();
  vi.advanceTimersByTime(20_000);
  expect(action).toHaveBeenCalledTimes(3);
});

test('without its secret no webhook is received, and with it looking is a safety net', () => {
  expect(limits({}).webhook).toBeUndefined();
  expect(() => limits({ COPPICE_WEBHOOK_PORT: '8080' })).toThrow('GITHUB_WEBHOOK_SECRET');
  expect(limits({ COPPICE_WEBHOOK_PORT: '8080', GITHUB_WEBHOOK_SECRET: 's' })).toEqual({
    ...{ agents: 8, pollSeconds: 300 },
    webhook: { host: '127.0.0.1', port: 8080, secret: 's' },
  });
});
