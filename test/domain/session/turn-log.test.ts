import { expect, test } from 'vitest';
import { bytesOf, shorten } from '../../../src/domain/session/bounds.ts';
import type { TurnEntry } from '../../../src/domain/session/session.ts';
import {
  costUsd,
  countedTurns,
  NO_TURNS,
  noteSpending,
  noteTurn,
  type Spending,
  spentSince,
  tokensUsed,
  tokensWithoutPrice,
  turnsTaken,
} from '../../../src/domain/session/turn-log.ts';

const entry = (id: number, outcome: string): TurnEntry => ({
  ...{ id: String(id), kind: 'guidance', startedAt: 'x', endedAt: 'y', outcome },
  ...{ summary: 's'.repeat(2_000), costUsd: 1, tokens: { input: 2, output: 1 } },
});

test('of many turns the latest are listed, and the others are counted', () => {
  const log = { turns: [] as TurnEntry[], earlier: { ...NO_TURNS }, spending: [] };
  for (let index = 1; index <= 500; index++)
    noteTurn(log, entry(index, index % 5 === 0 ? 'usage-limited' : 'done'));
  expect([log.turns.length, log.turns[0]?.id, log.turns.at(-1)?.id]).toEqual([50, '451', '500']);
  expect([turnsTaken(log), countedTurns(log)]).toEqual([500, 400]);
  expect(costUsd(log)).toBe(500);
  expect(tokensUsed(log)).toEqual({ input: 1_000, output: 500 });
  expect(tokensWithoutPrice(log)).toEqual({ input: 0, output: 0 });
  expect(JSON.stringify(log).length).toBeLessThan(50_000);
});

test('the cost since midnight is known in every time zone, however many turns there were', () => {
  const spending: Spending[] = [];
  const start = Date.parse('2026-03-01T00:00:00Z');
  // Every minute of ten days.
  for (let minute = 0; minute < 14_400; minute++)
    noteSpending(spending, new Date(start + minute * 60_000).toISOString(), 0.01);
  expect(spending.length).toBeLessThan(200);
  // Midnight in Nepal, at a quarter past.
  const midnight = Date.parse('2026-03-09T18:15:00Z');
  expect(spentSince(spending, midnight)).toBeCloseTo((29.75 * 60) / 100, 6);
});

test('texts are cut at whole characters, and measured as they are sent', () => {
  expect(shorten('abcdef', 4)).toBe('abc…');
  expect(shorten(`ab🙂`, 4)).toBe('ab🙂');
  expect(shorten(`a🙂cd`, 3).isWellFormed()).toBe(true);
  for (const text of ['', 'abc', 'é', '長', '🙂', 'a🙂長é'])
    expect(bytesOf(text)).toBe(Buffer.byteLength(text));
});
