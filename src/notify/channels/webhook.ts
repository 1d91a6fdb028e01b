import { createHmac } from 'node:crypto';
import type { WebhookBody } from '../../domain/notification.ts';
import { needed, post, type Send, settingOf } from './channel.ts';

/** Events as JSON (schema/notification.schema.json), with what tells a repeated message and a forged one. */
export const sendToWebhook: Send = async (channel, { id, events }, reach) => {
  const body = JSON.stringify({ version: 1, id, events: [...events] } satisfies WebhookBody);
  const secret = settingOf(channel.secret, reach);
  await post(
    needed(channel, 'url', reach),
    body,
    {
      'idempotency-key': id,
      'user-agent': 'coppice',
      ...(secret !== undefined && { 'x-coppice-signature-256': `sha256=${sign(secret, body)}` }),
    },
    reach,
  );
};

const sign = (secret: string, body: string): string =>
  createHmac('sha256', secret).update(body).digest('hex');
