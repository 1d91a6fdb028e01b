import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepareOwnDirectory, readReport, withPlan } from '../../src/agents/adapters/report.ts';
import { addedSince, noteTotal } from '../../src/agents/turn/costs.ts';
import { Journal, MAX_LINE, tailOf } from '../../src/agents/turn/journal.ts';
import { refreshStatus } from '../../src/agents/turn/status.ts';
import { MAX_OUTCOME_BYTES } from '../../src/domain/session/turn.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const GOOD = '{"kind":"done","summary":"did it"}';

function worktree(): string {
  const path = temporaryDirectory('worktree');
  mkdirSync(join(path, '.coppice'));
  return path;
}

function reportOf(content: string | Buffer) {
  const path = worktree();
  writeFileSync(join(path, '.coppice', 'outcome.json'), content);
  return readReport(path, 'tail');
}

test('a report of either kind is read', () => {
  expect(reportOf(GOOD)).toEqual({ kind: 'done', summary: 'did it' });
  expect(reportOf('{"kind":"stuck","decision":"Which?"}')).toEqual({
    kind: 'stuck',
    decision: 'Which?',
    options: [],
    context: '',
  });
});

test.each([
  ['', /not JSON/],
  ['done', /not JSON/],
  ['null', /outcome\.json: /],
  ['{"kind":"done"}', /summary/],
  ['{"kind":"merged","summary":"x"}', /kind/],
  ['{"kind":"failed","reason":"x","tail":""}', /kind/],
  [`{"kind":"done","summary":"${'x'.repeat(3_000)}"}`, /summary/],
  [Buffer.from([0xff, 0xfe, 0x00]), /not UTF-8/],
  [' '.repeat(MAX_OUTCOME_BYTES) + GOOD, /longer than/],
])('a report that is none is invalid, with the problem: %#', (content, problem) => {
  expect(reportOf(content)).toMatchObject({
    kind: 'invalid',
    problem: expect.stringMatching(problem),
    tail: 'tail',
  });
});

test('a report is never read through a link, nor from a pipe or a directory', () => {
  const elsewhere = join(temporaryDirectory(), 'good.json');
  writeFileSync(elsewhere, GOOD);
  const makers: ((path: string) => void)[] = [
    (path) => symlinkSync(elsewhere, path),
    (path) => execFileSync('sh', ['-c', 'mkfifo "$0"', path]),
    (path) => mkdirSync(path),
  ];
  for (const make of makers) {
    const path = worktree();
    make(join(path, '.coppice', 'outcome.json'));
    expect(readReport(path, '')).toMatchObject({ kind: 'invalid', problem: /file/ });
  }
});

test('a report is never read from a linked directory, and a turn begins with one of its own', () => {
  const elsewhere = temporaryDirectory();
  writeFileSync(join(elsewhere, 'outcome.json'), GOOD);
  const path = worktree();
  rmSync(join(path, '.coppice'), { recursive: true });
  symlinkSync(elsewhere, join(path, '.coppice'));
  expect(readReport(path, '').kind).toBe('invalid');
  prepareOwnDirectory(path);
  writeFileSync(join(path, '.coppice', 'outcome.json'), '{"kind":"done","summary":"own"}');
  expect(readReport(path, '')).toMatchObject({ summary: 'own' });
  expect(readReport(elsewhere, '').kind).toBe('invalid');
});

test('a planning turn is done with its plan, which becomes its summary', () => {
  const path = worktree();
  const done = { kind: 'done', summary: 'planned' } as const;
  expect(withPlan(done, path)).toMatchObject({ kind: 'invalid', problem: /plan\.md is missing/ });
  writeFileSync(join(path, '.coppice', 'plan.md'), ' \n');
  expect(withPlan(done, path)).toMatchObject({ kind: 'invalid', problem: /empty/ });
  writeFileSync(join(path, '.coppice', 'plan.md'), `# Plan\n${'x'.repeat(5_000)}`);
  expect(withPlan(done, path)).toMatchObject({
    summary: expect.stringMatching(/^# Plan\nx{1992}…$/),
  });
});

test('a status file gets a new heartbeat and keeps the rest; a link or a missing one is left alone', () => {
  const path = worktree();
  const status = join(path, '.coppice', 'status.json');
  const now = new Date('2026-01-02T03:04:05Z');
  refreshStatus(path, now);
  writeFileSync(status, '{"status":"working","lastHeartbeat":"before"}');
  refreshStatus(path, now);
  const read = () => JSON.parse(execFileSync('cat', [status], { encoding: 'utf8' }));
  expect(read()).toEqual({ status: 'working', lastHeartbeat: '2026-01-02T03:04:05.000Z' });
  const elsewhere = join(temporaryDirectory(), 'mine.json');
  writeFileSync(elsewhere, '{"lastHeartbeat":"mine"}');
  rmSync(status);
  symlinkSync(elsewhere, status);
  refreshStatus(path, now);
  expect(read()).toEqual({ lastHeartbeat: 'mine' });
});

test('a journal gives each line once, when it is complete', () => {
  const path = join(temporaryDirectory(), 'journal');
  writeFileSync(path, 'one\ntw');
  const journal = new Journal(path);
  expect([...journal.lines()]).toEqual(['one']);
  appendFileSync(path, 'o\nthree');
  expect([...journal.lines()]).toEqual(['two']);
  expect([...journal.lines(true)]).toEqual(['three']);
  expect([...journal.lines(true)]).toEqual([]);
  expect(journal.bytes).toBe(13);
});

test('a journal skips lines that are too long, and reads on after them', () => {
  const path = join(temporaryDirectory(), 'journal');
  const longest = 'x'.repeat(MAX_LINE);
  writeFileSync(path, `${longest}\n${longest}x\nafter ü\n`);
  appendFileSync(path, Buffer.from([0xff, 0x0a]));
  const lines = [...new Journal(path).lines()];
  expect(lines.map((line) => line.slice(0, 10))).toEqual(['xxxxxxxxxx', 'after ü', '\uFFFD']);
});

test('a journal that was emptied is read on from its beginning', () => {
  const path = join(temporaryDirectory(), 'journal');
  writeFileSync(path, 'one\nand a half');
  const journal = new Journal(path);
  expect([...journal.lines()]).toEqual(['one']);
  writeFileSync(path, 'two\n');
  expect([...journal.lines()]).toEqual(['two']);
});

test('a journal that grows faster than it is read is read in parts, and in the end to its end', () => {
  const path = join(temporaryDirectory(), 'journal');
  writeFileSync(path, `${'x'.repeat(999)}\n`.repeat(20_000));
  const journal = new Journal(path);
  const first = [...journal.lines()].length;
  expect(first).toBeGreaterThan(1_000);
  expect(first).toBeLessThan(10_000);
  expect(first + [...journal.lines(true)].length).toBe(20_000);
  expect(journal.skipped).toBe(0);
});

test('a tail begins with a whole line', () => {
  const path = join(temporaryDirectory(), 'stderr');
  expect(tailOf(path, 10)).toBe('');
  writeFileSync(path, 'the first\nthe \u001b[1msecond\u001b[0m\nthird\n');
  expect(tailOf(path, 1_000)).toBe('the first\nthe second\nthird');
  expect(tailOf(path, 10)).toBe('third');
});

test('each turn costs what it added, however often it is asked; a conversation begun anew counts from nothing', async () => {
  const turns = temporaryDirectory();
  const cost = async (turnId: string, total: number, figure = 'a/../b') => {
    const added = addedSince(turns, figure, turnId, total);
    await noteTotal(turns, figure, turnId, total);
    return added;
  };
  expect(await cost('t1', 1)).toBe(1);
  expect(await cost('t2', 3)).toBe(2);
  expect(await cost('t2', 3)).toBe(2);
  expect(await cost('t3', 0.5)).toBe(0.5);
  expect(await cost('t4', 7, 'other')).toBe(7);
});
