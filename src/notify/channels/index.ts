import type { Channel } from '../../domain/settings/notify-settings.ts';
import type { Send } from './channel.ts';
import { sendToSlack, sendToTeams } from './chat.ts';
import { runCommand } from './command.ts';
import { sendByEmail } from './email.ts';
import { sendToNtfy } from './ntfy.ts';
import { sendToWebhook } from './webhook.ts';

const SENDERS: Readonly<Record<Channel['type'], Send>> = {
  webhook: sendToWebhook,
  slack: sendToSlack,
  teams: sendToTeams,
  ntfy: sendToNtfy,
  email: sendByEmail,
  command: runCommand,
};

/** Delivers a message by a channel. @throws DeliveryError */
export const send: Send = (channel, message, reach) =>
  SENDERS[channel.type](channel, message, reach);
