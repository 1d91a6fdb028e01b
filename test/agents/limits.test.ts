import { expect, test } from 'vitest';
import { Growth } from '../../src/agents/sandbox/growth.ts';
import { GB, Judge, resourceLimits, type Usage } from '../../src/agents/sandbox/limits.ts';
import { limitsIn } from '../../src/agents/sandbox/refusals.ts';
import { Limits } from '../../src/domain/settings/sandbox.ts';

const limits = { processes: 1_000, memory: 8 * GB, disk: 10 * GB };
const largest = { pid: 7, name: 'node' };
const small: Usage = { processes: 40, memory: GB, largest };

test('by default a program may have half of the memory, or four gigabytes of a small machine', () => {
  expect(resourceLimits(Limits.parse({}), 64 * GB).memory).toBe(32 * GB);
  expect(resourceLimits(Limits.parse({}), 6 * GB).memory).toBe(4 * GB);
  expect(resourceLimits(Limits.parse({ memory: 2 }), 64 * GB).memory).toBe(2 * GB);
});

test('of too much memory the largest program is ended, and all of them when that does not help', () => {
  const judge = new Judge(limits);
  const large = { ...small, memory: 9 * GB };
  expect(judge.judge(small)).toEqual({ end: 'nothing' });
  expect(judge.judge(large)).toEqual({ end: 'largest', limit: 'memory' });
  expect(judge.judge(small)).toEqual({ end: 'nothing' });
  const verdicts = Array.from({ length: 10 }, () => judge.judge(large).end);
  expect(verdicts).toEqual([...Array(9).fill('largest'), 'all']);
  expect(judge.judge({ ...large, largest: undefined })).toEqual({ end: 'all', limit: 'memory' });
});

test('too many processes are ended at once, and nearly as many when they stay', () => {
  const judge = new Judge(limits);
  expect(judge.judge({ ...small, processes: 1_001 })).toEqual({ end: 'all', limit: 'processes' });
  const crowded = { ...small, processes: 950 };
  const verdicts = Array.from({ length: 10 }, () => judge.judge(crowded).end);
  expect(verdicts).toEqual([...Array(9).fill('nothing'), 'all']);
  expect(judge.isClose(crowded)).toBe(true);
  expect(judge.isClose(small)).toBe(false);
});

/** Places of a size that the test sets, and how often they were measured. */
function places(size: number) {
  const state = { size: size * GB, measured: 0 };
  const growth = new Growth(limits.disk, async () => {
    state.measured += 1;
    return state.size;
  });
  return { state, passed: (written: number) => growth.isPassed(written * GB) };
}

test('what is written is measured only where it could be too much, and what was there before does not count', async () => {
  const { state, passed } = places(50);
  expect(await passed(2)).toBe(false);
  expect(state.measured).toBe(0);
  state.size = 53 * GB;
  expect(await passed(3)).toBe(false);
  state.size = 59 * GB;
  expect(await passed(9)).toBe(false);
  expect(state.measured).toBe(1);
  expect(await passed(10)).toBe(false);
  state.size = 61 * GB;
  expect(await passed(13)).toBe(true);
});

test('a program that writes the same files again and again fills nothing', async () => {
  const { passed, state } = places(5);
  for (let written = 0; written < 200; written++) expect(await passed(written)).toBe(false);
  expect(state.measured).toBeLessThan(90);
});

test('limits that were reached are told with what was ended and the line that allows more', () => {
  const text = [
    'limit memory 8000000000 node',
    'limit memory 8000000000 jest',
    'limit disk 500000000 all',
    'limit processes 4096 all',
  ].join('\n');
  expect(limitsIn(text)).toEqual([
    { limit: 'more than 8 GB of memory', ended: ['node', 'jest'], setting: 'memory: 16' },
    { limit: 'more than 0.5 GB of disk', ended: ['all'], setting: 'disk: 1' },
    { limit: 'more than 4096 processes', ended: ['all'], setting: 'processes: 8192' },
  ]);
});
