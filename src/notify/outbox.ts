import { isQuestion, type NotificationEvent } from '../domain/notification.ts';
import { type Channel, isQuiet, type NotifySettings } from '../domain/settings/notify-settings.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import type { Home } from '../state/home.ts';
import {
  addEntry,
  type Delivery,
  digest,
  type Entry,
  readEntries,
  removeEntry,
  saveEntry,
} from '../state/outbox.ts';
import type { Message } from './channels/channel.ts';

/** A channel by its id; the desktop has settings of its own. */
type Channels = ReadonlyMap<string, Channel | 'desktop'>;

export interface HostSettings extends Pick<NotifySettings, 'gather' | 'remind'> {
  readonly channels: Channels;
}

export interface OutboxOptions {
  readonly home: Home;
  /** How a repository's events are told; null for what is about the host. */
  readonly settings: (repository: RepositoryName | null) => Promise<HostSettings>;
  /** @throws when it was not delivered, with words for the person */
  readonly send: (channel: Channel | 'desktop', message: Message) => Promise<void>;
  /** Whether an event's question is still open. */
  readonly stillAsks: (event: NotificationEvent) => Promise<boolean>;
  readonly log: (line: string) => void;
  readonly now?: () => Date;
}

export interface Outbox {
  /** Keeps an event until it is delivered by every channel that wants it. The same key is kept once. */
  tell(event: NotificationEvent): Promise<void>;
  /** Delivers what is due, also what a former process left, until it is stopped. */
  start(): void;
  stop(): Promise<void>;
}

/** How often it is looked what is due, in milliseconds. */
const INTERVAL = 250;
/** How often the settings are read for an event of which may have to be reminded, in milliseconds. */
const LOOK_EVERY = 60_000;
/** The most events in one message. */
const MOST = 50;
/** The first pause after a failure, and the longest, in milliseconds. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [5_000, 900_000];
/** After so long an event that can't be delivered is given up, and one that is settled is forgotten, in milliseconds. */
const [GIVEN_UP, FORGOTTEN] = [3 * 86_400_000, 7 * 86_400_000];

const isSettled = (entry: Entry): boolean =>
  Object.values(entry.deliveries).every(({ state }) => state !== 'waiting');

/**
 * The outbox of this host: each event is a file until it is settled, so a crash loses none. A message that may have been sent
 * when the process was killed is sent again under the same id. Channels do not wait for each other.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const { home, settings, send, stillAsks, log, now = () => new Date() } = options;
  const entries = new Map<string, Entry>();
  const busy = new Set<string>();
  const failing = new Set<string>();
  /** By the key of an event, when it is looked next whether to remind of it. */
  const looks = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let isPassing = false;
  let working: Promise<void> = Promise.resolve();
  const sending = new Set<Promise<void>>();
  let isLoaded = false;

  const change = async (entry: Entry, channel: string, changes: Partial<Delivery>) => {
    const delivery = entry.deliveries[channel];
    if (delivery) Object.assign(delivery, changes);
    await saveEntry(home, entry);
  };

  async function tell(event: NotificationEvent): Promise<void> {
    const { channels } = await settings(event.repository);
    const ids = [...channels].flatMap(([id, channel]) => (wants(channel, event) ? id : []));
    const entry = await addEntry(home, event, ids);
    if (entry) entries.set(event.key, entry);
  }

  async function pass(): Promise<void> {
    if (!isLoaded) for (const entry of await readEntries(home)) entries.set(entry.event.key, entry);
    isLoaded = true;
    for (const entry of [...entries.values()]) await tidy(entry);
    const due = new Map<string, Entry[]>();
    for (const entry of entries.values())
      for (const [channel, { state, nextAt }] of Object.entries(entry.deliveries))
        if (state === 'waiting' && Date.parse(nextAt) <= now().getTime())
          due.set(channel, [...(due.get(channel) ?? []), entry]);
    for (const [channel, waiting] of due) {
      if (busy.has(channel)) continue;
      busy.add(channel);
      const work = deliver(channel, waiting)
        .catch((error: unknown) => log(`the outbox has a fault: ${error}`))
        .finally(() => {
          busy.delete(channel);
          sending.delete(work);
        });
      sending.add(work);
    }
  }

  /** Reminds of what waits too long, and forgets what was settled long ago. */
  async function tidy(entry: Entry): Promise<void> {
    if (!isSettled(entry)) return;
    const { event } = entry;
    const old = now().getTime() - Date.parse(event.at);
    const mayRemind = isQuestion(event) && !entry.reminded && event.kind !== 'reminder';
    if (mayRemind && now().getTime() >= (looks.get(event.key) ?? 0)) {
      const { remind } = await settings(event.repository);
      looks.set(event.key, now().getTime() + Math.min(LOOK_EVERY, remind * 1_000 - old));
      if (old >= remind * 1_000) {
        if (await stillAsks(event))
          await tell({
            ...event,
            ...{ key: `${event.key} reminder`, kind: 'reminder', at: now().toISOString() },
            title: `${event.title}, still`,
          });
        entry.reminded = true;
        await saveEntry(home, entry);
      }
    }
    if (old < FORGOTTEN) return;
    entries.delete(event.key);
    looks.delete(event.key);
    await removeEntry(home, entry);
  }

  async function deliver(id: string, waiting: readonly Entry[]): Promise<void> {
    const [first] = waiting;
    if (!first) return;
    const { channels, gather } = await settings(first.event.repository);
    const channel = channels.get(id);
    if (channel === undefined) {
      for (const entry of waiting)
        await change(entry, id, { state: 'dropped', error: 'it is gone' });
      return;
    }
    if (channel !== 'desktop' && isQuiet(channel, timeOfDay(now()))) return;
    for (const batch of batches(id, waiting, now().getTime() - gather * 1_000))
      await sendBatch(id, channel, batch);
  }

  async function sendBatch(
    id: string,
    channel: Channel | 'desktop',
    { batch, members }: Batch,
  ): Promise<void> {
    const open: Entry[] = [];
    for (const entry of members) {
      if (isQuestion(entry.event) && !(await stillAsks(entry.event)))
        await change(entry, id, { state: 'dropped', error: 'it was answered' });
      else open.push(entry);
    }
    for (const entry of open)
      if (entry.deliveries[id]?.batch !== batch) await change(entry, id, { batch });
    const [event, ...others] = open.map((entry) => entry.event);
    if (!event) return;
    try {
      await send(channel, { id: batch, events: [event, ...others] });
      for (const entry of open) await change(entry, id, { state: 'sent', error: '' });
      if (failing.delete(id)) log(`the channel ${id} delivers again`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!failing.has(id)) log(`the channel ${id} does not deliver: ${reason}`);
      failing.add(id);
      for (const entry of open) await postpone(entry, id, reason);
    }
  }

  async function postpone(entry: Entry, id: string, error: string): Promise<void> {
    const attempts = (entry.deliveries[id]?.attempts ?? 0) + 1;
    const pause = Math.min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE);
    const isOver = now().getTime() - Date.parse(entry.event.at) > GIVEN_UP;
    const nextAt = new Date(now().getTime() + pause).toISOString();
    await change(entry, id, { state: isOver ? 'failed' : 'waiting', attempts, nextAt, error });
  }

  return {
    tell,
    start() {
      timer ??= setInterval(() => {
        // Passes that came faster than they end would pile up, and all of them be waited for at the end.
        if (isPassing) return;
        isPassing = true;
        working = pass()
          .catch((error: unknown) => log(`the outbox has a fault: ${error}`))
          .finally(() => {
            isPassing = false;
          });
      }, INTERVAL);
    },
    async stop() {
      clearInterval(timer);
      timer = undefined;
      await working;
      await Promise.all(sending);
    },
  };
}

const wants = (channel: Channel | 'desktop', { kind }: NotificationEvent): boolean =>
  channel === 'desktop' || channel.events === undefined || channel.events.includes(kind);

/** `HH:MM` on this host's clock. */
const timeOfDay = (date: Date): string =>
  `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;

interface Batch {
  readonly batch: string;
  readonly members: readonly Entry[];
}

/**
 * The messages that are due: those that were begun, as they were, and one of all that is new, once the first of it has waited
 * for others.
 */
function batches(channel: string, waiting: readonly Entry[], since: number): Batch[] {
  const begun = new Map<string, Entry[]>();
  const fresh: Entry[] = [];
  for (const entry of waiting) {
    const batch = entry.deliveries[channel]?.batch ?? null;
    if (batch === null) fresh.push(entry);
    else begun.set(batch, [...(begun.get(batch) ?? []), entry]);
  }
  const all = [...begun].map(([batch, members]) => ({ batch, members }));
  const isDue = fresh.some(
    ({ deliveries }) => Date.parse(deliveries[channel]?.nextAt ?? '') <= since,
  );
  if (!isDue) return all;
  const members = fresh.slice(0, MOST);
  const keys = members.map(({ event }) => event.key).sort();
  return [...all, { batch: digest(`${channel}\n${keys.join('\n')}`), members }];
}
