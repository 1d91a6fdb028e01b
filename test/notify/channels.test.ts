import { createHmac } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { WebhookBody } from '../../src/domain/notification.ts';
import { Channel } from '../../src/domain/settings/notify-settings.ts';
import type { Message } from '../../src/notify/channels/channel.ts';
import { send } from '../../src/notify/channels/index.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { event, QUESTION, receiver } from './support.ts';

const message: Message = {
  id: 'm1',
  events: [event('k1', { question: QUESTION, url: 'https://x.test/pull/7' })],
};
const several: Message = {
  id: 'm2',
  events: [event('k1'), event('k2', { title: '#125 is stuck' })],
};

const reach = (env: Record<string, string> = {}) => ({
  env: { PATH: process.env.PATH, ...env },
  fetch,
});
const channel = (settings: object): Channel => Channel.parse(settings);

test('a webhook gets the event as JSON, signed, under an id that says when it comes again', async () => {
  const { url, received } = await receiver();
  const settings = channel({ type: 'webhook', url: '$HOOK', secret: '$SECRET' });
  await send(settings, message, reach({ HOOK: `${url}/in`, SECRET: 'squeamish' }));
  const [got] = received;
  expect(got?.path).toBe('/in');
  expect(WebhookBody.parse(JSON.parse(got?.body ?? ''))).toEqual({ version: 1, ...message });
  expect(got?.headers).toMatchObject({
    'idempotency-key': 'm1',
    'content-type': 'application/json',
    'x-coppice-signature-256': `sha256=${createHmac('sha256', 'squeamish')
      .update(got?.body ?? '')
      .digest('hex')}`,
  });
});

test('Slack gets blocks in which nothing mentions anybody', async () => {
  const { url, received } = await receiver();
  await send(channel({ type: 'slack', url }), message, reach());
  const body = JSON.parse(received[0]?.body ?? '');
  expect(body.blocks[0].text.text).toBe('acme/app #124 is stuck');
  expect(body.blocks[1].text.text).toBe(
    `Which &lt;!channel&gt; one?
1. a map (recommended): it is faster — coppice guide 124 --option 1
2. wait
Answer: coppice guide 124 --option 1
https://x.test/pull/7`,
  );
});

test('Teams gets a card of plain text', async () => {
  const { url, received } = await receiver();
  await send(channel({ type: 'teams', url }), message, reach());
  const { attachments } = JSON.parse(received[0]?.body ?? '');
  const lines = attachments[0].content.body.map(
    (block: { inlines: { text: string }[] }) => block.inlines[0]?.text,
  );
  expect(lines.slice(0, 2)).toEqual(['acme/app #124 is stuck', 'Which <!channel> one?']);
});

test('ntfy gets the topic, what to click, and the token', async () => {
  const { url, received } = await receiver();
  const settings = channel({ type: 'ntfy', url: `${url}/my-topic`, token: '$NTFY' });
  await send(settings, message, reach({ NTFY: 'tk_1' }));
  expect(received[0]).toMatchObject({ path: '/', headers: { authorization: 'Bearer tk_1' } });
  expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({
    ...{ topic: 'my-topic', title: 'acme/app #124 is stuck', priority: 4 },
    click: 'https://x.test/pull/7',
  });
});

test('several events are one message', async () => {
  const { url, received } = await receiver();
  await send(channel({ type: 'slack', url }), several, reach());
  const body = JSON.parse(received[0]?.body ?? '');
  expect(body.text).toBe('2 sessions: 2 stuck');
  expect(body.blocks[1].text.text).toContain('acme/app #125 is stuck - Which?');
});

test('a command gets the message on standard input, and no token of Coppice’s', async () => {
  const directory = temporaryDirectory('command');
  const program = join(directory, 'tell');
  writeFileSync(program, `#!/bin/sh\ncat > '${directory}/in'\nenv > '${directory}/env'\n`);
  chmodSync(program, 0o755);
  await send(
    channel({ type: 'command', command: [program] }),
    message,
    reach({ GITHUB_TOKEN: 'x' }),
  );
  expect(JSON.parse(readFileSync(join(directory, 'in'), 'utf8'))).toEqual({
    version: 1,
    ...message,
  });
  const env = readFileSync(join(directory, 'env'), 'utf8');
  expect(env).toContain('COPPICE_TITLE=acme/app #124 is stuck');
  expect(env).not.toContain('GITHUB_TOKEN');
  await expect(
    send(channel({ type: 'command', command: ['false'] }), message, reach()),
  ).rejects.toThrow('it exited with 1');
});

/** As much of an SMTP server as one mail needs. */
async function mailServer() {
  const mails: string[] = [];
  const server = createServer((socket) => {
    let inData = false;
    let mail = '';
    socket.write('220 test\r\n');
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const text = data.toString();
      if (inData) {
        mail += text;
        if (!mail.endsWith('\r\n.\r\n')) return;
        inData = false;
        mails.push(mail);
        socket.write('250 taken\r\n');
        return;
      }
      inData = text.startsWith('DATA');
      socket.write(
        inData ? '354 go on\r\n' : text.startsWith('QUIT') ? '221 bye\r\n' : '250 fine\r\n',
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, mails };
}

test('a mail has the question, and an id that stays the same', async () => {
  const { port, mails } = await mailServer();
  const settings = channel({
    ...{ type: 'email', host: '127.0.0.1', port, tls: false },
    ...{ from: 'coppice@x.test', to: 'ann@x.test' },
  });
  await send(settings, message, reach());
  expect(mails[0]).toContain('Subject: acme/app #124 is stuck');
  expect(mails[0]).toContain('Message-ID: <m1@coppice.invalid>');
  expect(mails[0]).toContain('Which <!channel> one?');
});

test.each([
  ['answers 500', 500, 'it answered 500'],
  ['redirects', 302, /^it can't be reached: /],
])('a failure to deliver names no address: a server that %s', async (_, status, problem) => {
  const { url } = await receiver(() => status);
  const secret = `${url}/services/T0/B0/s3cret`;
  const failed = send(channel({ type: 'slack', url: secret }), message, reach());
  await expect(failed).rejects.toThrow(problem);
  await failed.catch((error) => expect(String(error)).not.toMatch(/s3cret|127\.0\.0\.1/));
});

test('a variable that is missing is named', async () => {
  await expect(send(channel({ type: 'slack', url: '$NOPE' }), message, reach())).rejects.toThrow(
    "there is no variable NOPE in the service's environment",
  );
});
