import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { NotificationEvent } from '../../src/domain/notification.ts';
import { Channel, isQuiet } from '../../src/domain/settings/notify-settings.ts';
import { createOutbox, type HostSettings, type OutboxOptions } from '../../src/notify/outbox.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { channelProblems, readEntries } from '../../src/state/outbox.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { event, QUESTION, receiver } from './support.ts';

const HOOK = Channel.parse({ type: 'webhook', url: 'http://127.0.0.1:9/' });

/** An outbox whose channels keep what they are sent. */
function outboxWith(options: Partial<OutboxOptions> = {}, settings: Partial<HostSettings> = {}) {
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('outbox') });
  const sent: string[][] = [];
  const log: string[] = [];
  let time = Date.now();
  const make = () => {
    const outbox = createOutbox({
      home,
      settings: async () => ({
        gather: 0,
        remind: 86_400,
        channels: new Map([['hook', HOOK]]),
        ...settings,
      }),
      send: async (_, { events }) => void sent.push(events.map(({ key }) => key)),
      stillAsks: async () => true,
      log: (line) => log.push(line),
      now: () => new Date(time),
      ...options,
    });
    outbox.start();
    onTestFinished(() => outbox.stop());
    return outbox;
  };
  const tell = (key: string, changes: Partial<NotificationEvent> = {}) =>
    outbox.tell(event(key, { at: new Date(time).toISOString(), ...changes }));
  const outbox = make();
  return { home, sent, log, tell, outbox, make, pass: (ms: number) => (time += ms) };
}

test('the same event is told once, however often it is put in', async () => {
  const { sent, tell, home } = outboxWith();
  await Promise.all([tell('one'), tell('one'), tell('one')]);
  await eventually(() => expect(sent).toEqual([['one']]));
  await tell('one');
  await tell('two');
  await eventually(() => expect(sent).toEqual([['one'], ['two']]));
  expect(await readEntries(home)).toHaveLength(2);
});

test('ten sessions that are stuck at once are one message', async () => {
  const { sent, tell, pass } = outboxWith({}, { gather: 2 });
  for (let index = 0; index < 10; index++) await tell(`e${index}`);
  pass(2_001);
  await eventually(() => expect(sent).toHaveLength(1));
  expect(sent[0]).toHaveLength(10);
});

test('what was answered meanwhile is not told, nor reminded of', async () => {
  const open = new Set(['open']);
  const { sent, tell, pass, home } = outboxWith(
    { stillAsks: async ({ key }) => open.has(key.split(' ')[0] ?? '') },
    { remind: 3_600 },
  );
  await tell('open', { question: QUESTION });
  await tell('answered', { question: QUESTION });
  await eventually(() => expect(sent).toEqual([['open']]));
  pass(3_600_000);
  await eventually(() => expect(sent).toEqual([['open'], ['open reminder']]));
  pass(3_600_000);
  open.clear();
  await tell('last');
  await eventually(() => expect(sent.at(-1)).toEqual(['last']));
  expect(sent).toHaveLength(3);
  const kinds = (await readEntries(home)).map(({ event }) => event.kind).sort();
  expect(kinds).toEqual(['reminder', 'stuck', 'stuck', 'stuck']);
});

const patient: HostSettings = {
  ...{ gather: 0, remind: 1e9 },
  channels: new Map([['hook', HOOK]]),
};

test('a question that waits for its reminder is seldom looked at', async () => {
  let reads = 0;
  const settings = async () => {
    reads++;
    return patient;
  };
  const { sent, tell } = outboxWith({ settings });
  await tell('one', { question: QUESTION });
  await eventually(() => expect(sent).toEqual([['one']]));
  await sleep(500);
  const before = reads;
  await sleep(1_000);
  expect(reads).toBe(before);
});

test('looks that are slow do not pile up, to be waited for at the end', async () => {
  const slow = Promise.withResolvers<HostSettings>();
  let reads = 0;
  let isSlow = false;
  let time = Date.now();
  const { sent, tell, outbox } = outboxWith({
    settings: async () => {
      reads++;
      return isSlow ? slow.promise : patient;
    },
    // Whenever it is asked, a look is due again.
    now: () => {
      time += 60_000;
      return new Date(time);
    },
  });
  await tell('one', { question: QUESTION });
  await eventually(() => expect(sent).toEqual([['one']]));
  isSlow = true;
  const before = reads;
  await eventually(() => expect(reads).toBe(before + 1));
  await sleep(1_500);
  const ended = outbox.stop();
  slow.resolve(patient);
  await ended;
  expect(reads).toBe(before + 1);
});

test('a channel that fails holds up no other, is shown, and gets everything once it delivers', async () => {
  let works = false;
  const got: Record<string, string[]> = { good: [], bad: [] };
  const channels = new Map([
    ['good', Channel.parse({ ...HOOK, secret: 'good' })],
    ['bad', Channel.parse({ ...HOOK, secret: 'bad' })],
  ]);
  const { tell, home, log, pass } = outboxWith(
    {
      send: async (channel, { id, events }) => {
        const name = channel === 'desktop' ? '' : (channel.secret ?? '');
        if (name === 'bad' && !works) throw new Error('it answered 500');
        got[name]?.push(`${id} ${events.length}`);
      },
    },
    { channels },
  );
  await tell('one');
  await eventually(async () =>
    expect(await channelProblems(home)).toEqual([
      { channel: 'bad', error: 'it answered 500', waiting: 1 },
    ]),
  );
  await tell('two');
  await eventually(() => expect(got.good).toHaveLength(2));
  works = true;
  pass(3_600_000);
  await eventually(() => expect(got.bad).toHaveLength(2));
  await eventually(async () => expect(await channelProblems(home)).toEqual([]));
  expect(log).toEqual([
    'the channel bad does not deliver: it answered 500',
    'the channel bad delivers again',
  ]);
});

test('a channel that never answers keeps no other from delivering', async () => {
  const channels = new Map([
    ['hangs', Channel.parse({ ...HOOK, secret: 'hangs' })],
    ['good', HOOK],
  ]);
  const sent: string[] = [];
  const hanging = Promise.withResolvers<void>();
  const { tell } = outboxWith(
    {
      send: async (channel, { events }) => {
        if (channel !== 'desktop' && channel.secret === 'hangs') return hanging.promise;
        sent.push(...events.map(({ key }) => key));
      },
    },
    { channels },
  );
  onTestFinished(() => hanging.resolve());
  await tell('one');
  await eventually(() => expect(sent).toEqual(['one']));
  await tell('two');
  await eventually(() => expect(sent).toEqual(['one', 'two']));
});

test('a channel gets the kinds of events that it wants', async () => {
  const channels = new Map([['hook', Channel.parse({ ...HOOK, events: ['ready'] })]]);
  const { tell, sent } = outboxWith({}, { channels });
  await tell('stuck');
  await tell('ready', { kind: 'ready' });
  await eventually(() => expect(sent).toEqual([['ready']]));
});

test('quiet hours go over midnight too', () => {
  expect(isQuiet({ quiet: '22:00-07:00' }, '23:10')).toBe(true);
  expect(isQuiet({ quiet: '22:00-07:00' }, '06:59')).toBe(true);
  expect(isQuiet({ quiet: '22:00-07:00' }, '07:00')).toBe(false);
  expect(isQuiet({ quiet: '12:00-13:00' }, '12:30')).toBe(true);
  expect(isQuiet({ quiet: '12:00-13:00' }, '13:30')).toBe(false);
  expect(isQuiet({}, '00:00')).toBe(false);
});

test('in quiet hours nothing is sent, and all of it after them', async () => {
  const clock = new Date();
  const from = (hours: number) => `${String((clock.getHours() + hours) % 24).padStart(2, '0')}:00`;
  const channels = new Map([
    ['hook', Channel.parse({ ...HOOK, quiet: `${from(0)}-${from(2)}` })],
    ['other', HOOK],
  ]);
  const { tell, sent, pass } = outboxWith({}, { channels });
  await tell('one');
  await eventually(() => expect(sent).toEqual([['one']]));
  pass(2 * 3_600_000);
  await eventually(() => expect(sent).toEqual([['one'], ['one']]));
});

test('killed twenty times, the outbox loses no event, and tells each under one id', async () => {
  const { url, received } = await receiver();
  const env = { ...process.env, COPPICE_HOME: temporaryDirectory('killed') };
  const script = join(import.meta.dirname, 'outbox-process.ts');
  const told = new Set<number>();
  for (let round = 0; round < 20; round++) {
    const child = fork(script, [url, String(round * 5), String(round * 5 + 5)], { env });
    child.on('message', ({ told: index }: { told: number }) => told.add(index));
    await eventually(() => expect(told.size).toBeGreaterThan(round * 3));
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  const last = fork(script, [url, '1000', '1001'], { env });
  onTestFinished(() => void last.kill('SIGKILL'));
  last.on('message', ({ told: index }: { told: number }) => told.add(index));
  const idsOf = () => {
    const ids = new Map<string, Set<string>>();
    for (const { body } of received) {
      const { id, events } = JSON.parse(body) as { id: string; events: NotificationEvent[] };
      for (const { key } of events) ids.set(key, (ids.get(key) ?? new Set()).add(id));
    }
    return ids;
  };
  await eventually(() => {
    const ids = idsOf();
    for (const index of told) expect([...ids.keys()]).toContain(`event ${index}`);
    expect(told.size).toBeGreaterThan(50);
  });
  // Sent again after a crash, a message has the id that it had: who has it already knows it.
  expect([...idsOf()].filter(([, ids]) => ids.size > 1)).toEqual([]);
}, 120_000);
