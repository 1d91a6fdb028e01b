import { DeliveryError, headline, linesOf, needed, post, type Send, settingOf } from './channel.ts';

/** ntfy turns a longer message into a file, in bytes. */
const LONGEST = 3_500;

/** A topic of ntfy, by its JSON form, which takes any characters: `https://ntfy.sh/topic`. */
export const sendToNtfy: Send = async (channel, message, reach) => {
  const url = needed(channel, 'url', reach);
  const [, server, topic] = /^(https?:\/\/.+)\/([\w-]{1,64})$/.exec(url) ?? [];
  if (server === undefined) throw new DeliveryError('its url ends with no topic');
  const token = settingOf(channel.token, reach);
  const [event] = message.events;
  const body = {
    ...{ topic, title: headline(message), message: linesOf(message).join('\n').slice(0, LONGEST) },
    priority: message.events.some(({ question }) => question !== null) ? 4 : 3,
    ...(message.events.length === 1 && event.url !== null && { click: event.url }),
  };
  const headers: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}` };
  await post(server, JSON.stringify(body), headers, reach);
};
