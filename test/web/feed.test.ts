import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BoardFeed } from '../../src/web/feed.ts';
import { pageBoard } from '../../src/web/page-board.ts';
import { board } from '../cli/records.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the board is read once a second for all who look, also when they leave and come back, and for nobody not at all', async () => {
  let reads = 0;
  const feed = new BoardFeed(async () => {
    reads++;
    return pageBoard(board([]));
  });
  const told: string[] = [];
  const leave = feed.listen(({ kind }) => told.push(`first ${kind}`));
  leave();
  const ends = [feed.listen(({ kind }) => told.push(`second ${kind}`)), feed.listen(() => {})];
  await vi.advanceTimersByTimeAsync(0);
  expect({ reads, told }).toEqual({ reads: 1, told: ['second board'] });
  await vi.advanceTimersByTimeAsync(3_000);
  expect({ reads, told }).toEqual({ reads: 4, told: ['second board'] });
  for (const end of ends) end();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(reads).toBe(4);
  feed.listen(({ kind }) => told.push(`third ${kind}`));
  await vi.advanceTimersByTimeAsync(0);
  expect({ reads, told: told.at(-1) }).toEqual({ reads: 5, told: 'third board' });
});
