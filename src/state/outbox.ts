import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { NotificationEvent } from '../domain/notification.ts';
import { readJson, settingDamagedAside, writeJson } from './files/json-file.ts';
import { namesIn } from './files/names-in.ts';
import { createWhole } from './files/whole-file.ts';
import type { Home } from './home.ts';

/** How far an event has come with one channel. Times are ISO 8601. */
export const Delivery = z.object({
  state: z.enum(['waiting', 'sent', 'dropped', 'failed']),
  attempts: z.int(),
  /** Not before this. */
  nextAt: z.string(),
  /** The message that it is sent with, once one was begun: the same when it is sent again. */
  batch: z.string().nullable(),
  /** Why the last attempt failed; empty when none did. */
  error: z.string(),
});
export type Delivery = z.infer<typeof Delivery>;

/** An event in the outbox, in a file of its own. */
export const Entry = z.object({
  event: NotificationEvent,
  /** By the channel's id. */
  deliveries: z.record(z.string(), Delivery),
  reminded: z.boolean(),
});
export type Entry = z.infer<typeof Entry>;

export const digest = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 32);

const pathOf = ({ outbox }: Home, { key }: NotificationEvent): string =>
  join(outbox, `${digest(key)}.json`);

/** Puts an event into the outbox. @returns undefined when it is there already */
export async function addEntry(
  home: Home,
  event: NotificationEvent,
  channels: readonly string[],
): Promise<Entry | undefined> {
  const waiting = {
    state: 'waiting',
    attempts: 0,
    nextAt: event.at,
    batch: null,
    error: '',
  } as const;
  const entry: Entry = {
    event,
    deliveries: Object.fromEntries(channels.map((channel) => [channel, { ...waiting }])),
    reminded: false,
  };
  await mkdir(home.outbox, { recursive: true, mode: 0o700 });
  const isNew = createWhole(pathOf(home, event), `${JSON.stringify(entry, null, 2)}\n`);
  return isNew ? entry : undefined;
}

export const saveEntry = (home: Home, entry: Entry): Promise<void> =>
  writeJson(pathOf(home, entry.event), entry);

export const removeEntry = (home: Home, { event }: Entry): Promise<void> =>
  rm(pathOf(home, event), { force: true });

/** All events of the outbox. */
export async function readEntries(home: Home): Promise<Entry[]> {
  const names = (await namesIn(home.outbox)).filter((name) => /^[0-9a-f]+\.json$/.test(name));
  const entries = await Promise.all(
    names.map((name) => settingDamagedAside(readJson(join(home.outbox, name), Entry))),
  );
  return entries.filter((entry) => entry !== undefined);
}

/** A channel that does not deliver. */
export interface ChannelProblem {
  readonly channel: string;
  readonly error: string;
  /** Events that wait for it. */
  readonly waiting: number;
}

/** The channels of this host that do not deliver, and why. */
export async function channelProblems(home: Home): Promise<ChannelProblem[]> {
  const troubles = new Map<string, ChannelProblem>();
  for (const { deliveries } of await readEntries(home))
    for (const [channel, { state, error }] of Object.entries(deliveries))
      if (state === 'waiting' && error !== '') {
        const waiting = (troubles.get(channel)?.waiting ?? 0) + 1;
        troubles.set(channel, { channel, error, waiting });
      }
  return [...troubles.values()].sort((a, b) => a.channel.localeCompare(b.channel));
}
