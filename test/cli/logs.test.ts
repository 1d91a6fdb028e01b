import { expect, test } from 'vitest';
import type { SessionView } from '../../src/client/types.ts';
import type { TurnEntry } from '../../src/domain/session/session.ts';
import { runInProcess } from '../support/cli.ts';
import { minutesAgo, NOW, record } from './records.ts';
import { expectClear, world } from './world.ts';

const turn = (id: string, changes: Partial<TurnEntry> = {}): TurnEntry => ({
  ...{ id, kind: 'implement', startedAt: minutesAgo(9), endedAt: minutesAgo(8) },
  ...{ outcome: 'done', summary: '', costUsd: null, tokens: null },
  ...changes,
});

const view = (turns: TurnEntry[], changes: Parameters<typeof record>[1] = {}): SessionView => ({
  ...{ source: 'live', asOf: NOW.toISOString(), workflowId: 'x' },
  detail: {
    record: record(1, changes),
    stuck: null,
    plan: '',
    turns,
    guidance: [],
    conversation: null,
    terminal: null,
    agent: null,
    remarks: [],
    refused: [],
  },
});

async function* transcript(id: string, follow: boolean) {
  yield `${id} says hello\u001b[2J`;
  if (follow) yield 'and goes on';
}

test('every turn is printed, one after the other, free of control characters', async () => {
  const { services } = world({ view: view([turn('a', { kind: 'plan' }), turn('b')]) });
  const { stdout } = await runInProcess(['logs', '1'], { services: { ...services, transcript } });
  expect(stdout).toBe(
    [
      `── turn 1, plan, ${minutesAgo(9)}`,
      'a says hello',
      `── turn 2, implement, ${minutesAgo(9)}`,
      'b says hello',
    ].join('\n'),
  );
});

test('a turn under way is followed, and so are those after it, to the session’s end', async () => {
  const views = [
    view([turn('a', { endedAt: null })]),
    view([turn('a'), turn('b', { endedAt: null })]),
    view([turn('a'), turn('b')], { status: 'cancelled' }),
  ];
  const { services } = world({ view: view([]) });
  const coppice = await services.connect?.();
  if (!coppice) throw new Error('no client');
  const connect = async () => ({ ...coppice, show: async () => views.shift() ?? view([]) });
  const ran = await runInProcess(['logs', '1', '-f'], {
    services: { ...services, transcript, connect },
  });
  expect(ran.stdout.split('\n').filter((line) => !line.startsWith('──'))).toEqual([
    'a says hello',
    'and goes on',
    'b says hello',
    'and goes on',
  ]);
});

test('before the first turn it says so', async () => {
  const { services } = world({ view: view([]) });
  const { exitCode, stderr } = await runInProcess(['logs', '1'], { services });
  expect({ exitCode, stderr }).toEqual({
    exitCode: 0,
    stderr: 'coppice: #1 has not begun its first turn yet; -f waits for it',
  });
});

test('of a session that is not there it fails', async () => {
  expectClear(await runInProcess(['logs', '1'], { services: world().services }), 1, /no session/);
});
