import type { NotificationEvent } from '../../domain/notification.ts';
import type { Channel } from '../../domain/settings/notify-settings.ts';
import { oneLine } from '../../domain/shared/text.ts';
import type { Fetch } from '../../process/proxied-fetch.ts';

/** What is delivered at once: one event, or several that came together. */
export interface Message {
  /** The same when the same message is sent again. */
  readonly id: string;
  readonly events: readonly [NotificationEvent, ...NotificationEvent[]];
}

/** What a channel is reached with. */
export interface Reach {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: Fetch;
}

/** Delivers a message. @throws DeliveryError */
export type Send = (channel: Channel, message: Message, reach: Reach) => Promise<void>;

/** A message was not delivered. Its text never holds an address or a password, since it is logged and shown. */
export class DeliveryError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DeliveryError';
  }
}

/** Milliseconds that a channel may take for a message, because others must not wait for it. */
export const PATIENCE = 10_000;

/**
 * A setting as it stands, or the variable that it names as `$NAME`.
 * @throws DeliveryError when there is no such variable
 */
export function settingOf(setting: string | undefined, { env }: Reach): string | undefined {
  if (setting === undefined || !setting.startsWith('$')) return setting;
  const name = setting.slice(1).replace(/^\{(.*)\}$/, '$1');
  const value = env[name];
  if (value) return value;
  throw new DeliveryError(`there is no variable ${oneLine(name, 60)} in the service's environment`);
}

/** @throws DeliveryError when the setting is missing or its variable is */
export function needed(
  channel: Channel,
  key: 'url' | 'host' | 'from' | 'to',
  reach: Reach,
): string {
  const value = settingOf(channel[key], reach);
  if (value === undefined) throw new DeliveryError(`it has no ${key}`);
  return value;
}

/** Sends JSON. @throws DeliveryError without the address, which may be a secret */
export async function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  { fetch }: Reach,
): Promise<void> {
  if (!/^https?:\/\//.test(url)) throw new DeliveryError('its url is no http address');
  let response: Response;
  try {
    response = await fetch(url, {
      ...{ method: 'POST', body, redirect: 'error', signal: AbortSignal.timeout(PATIENCE) },
      headers: { 'content-type': 'application/json', ...headers },
    });
  } catch (error) {
    throw new DeliveryError(`it can't be reached: ${reasonOf(error)}`);
  }
  await response.body?.cancel().catch(() => {});
  if (!response.ok) throw new DeliveryError(`it answered ${response.status}`);
}

/** Why a request failed, by the error's code or kind: its message may hold the address. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'TimeoutError') return `no answer within ${PATIENCE / 1_000} s`;
  const { code } = ((error.cause ?? error) as { code?: unknown }) ?? {};
  return typeof code === 'string' ? code : error.name;
}

/** The headline of a message. */
export const headline = ({ events }: Message): string =>
  events.length === 1
    ? oneLine(where(events[0]), 200)
    : `${events.length} sessions: ${oneLine(kinds(events), 150)}`;

const where = ({ repository, title }: NotificationEvent): string =>
  repository === null ? title : `${repository} ${title}`;

function kinds(events: readonly NotificationEvent[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of events) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
}

/** What a message says in plain lines, without its headline. */
export function linesOf({ events }: Message): string[] {
  const [only, ...others] = events;
  if (others.length === 0) return [...bodyOf(only), ...(only.url === null ? [] : [only.url])];
  return events.map((event) =>
    oneLine([where(event), summaryOf(event), event.url ?? ''].filter(Boolean).join(' - '), 300),
  );
}

const summaryOf = ({ question, text }: NotificationEvent): string =>
  question ? `${question.decision} ${question.command}` : text;

function bodyOf({ question, text }: NotificationEvent): string[] {
  if (!question) return text === '' ? [] : [oneLine(text, 1_000)];
  return [
    oneLine(question.decision, 1_000),
    ...question.options.map(({ number, label, consequence, recommended, command }) =>
      [
        `${number}. ${oneLine(label, 200)}${recommended ? ' (recommended)' : ''}`,
        ...(consequence === '' ? [] : [`: ${oneLine(consequence, 200)}`]),
        ...(command === null ? [] : [` — ${command}`]),
      ].join(''),
    ),
    `Answer: ${question.command}`,
  ];
}
