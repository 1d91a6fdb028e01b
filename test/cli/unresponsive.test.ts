import { expect, test } from 'vitest';
import type { Unresponsive } from '../../src/client/types.ts';
import { SessionDetail, type SessionRecord } from '../../src/domain/session/session.ts';
import { runInProcess } from '../support/cli.ts';
import { board, minutesAgo, NOW, record, repository, session } from './records.ts';
import { expectClear, world } from './world.ts';

const unresponsive: Unresponsive = {
  why: 'task-fails',
  cause: 'its workflow task fails: Unknown encoding',
  advice: 'reset it',
};
const asOf = minutesAgo(12);
const silent = (issue: number, changes = {}) =>
  session(issue, changes, { source: 'recorded', asOf, unresponsive });
const detail = (issue: number, changes: Partial<SessionRecord> = {}): SessionDetail =>
  SessionDetail.parse({
    ...{ record: record(issue, changes), stuck: null, plan: '', turns: [], guidance: [] },
  });
const now = NOW;

test('the board marks what did not answer, and shows the others as they are', async () => {
  const shown = board([session(1), silent(2)], {
    unresponsiveRuns: [{ ...unresponsive, name: 'night', workflowId: 'x' }],
  });
  const { stdout } = await runInProcess(['status'], { ...world({ board: shown }), now });
  expect(stdout).toBe(`Active Sessions (2):

[*] #1 - WORKING (45m) - Add export button
    Files changed: 3 (+42, -5)

[*] #2 - WORKING (45m) - Add export button
    Files changed: 3 (+42, -5)
    Recorded 12m ago: its workflow task fails: Unknown encoding. What to do: coppice show 2

Run night does not answer, so what waits in it is not shown: its workflow task fails: Unknown encoding
    reset it`);
  const json = await runInProcess(['status', '--json'], world({ board: shown }));
  expect(JSON.parse(json.stdout).sessions[1]).toMatchObject({
    source: 'recorded',
    asOf,
    unresponsive,
  });
});

test('show says what to do about a session that does not answer', async () => {
  const view = {
    ...{ source: 'recorded' as const, asOf, unresponsive, workflowId: 'x' },
    detail: detail(2),
  };
  const { stdout } = await runInProcess(['show', '2'], { ...world({ view }), now });
  expect(stdout).toContain(
    'It does not answer: its workflow task fails: Unknown encoding\n    What to do: reset it',
  );
});

test('a session that does not answer is open: nothing of it is pruned, and no second one is begun', async () => {
  const location = {
    ...{ repository, issue: 2, hostId: 'here', checkout: '/person/app', remote: 'origin' },
    ...{ worktree: '/person/app-issue-2', branch: 'issue-2' },
  };
  const ownership = {
    ...{ workflowId: 'x', location, ready: true, createdAt: asOf },
    base: { branch: 'main', tip: 'tip' },
  };
  const stored = [
    { repository, issue: 2, ownership, last: { asOf, detail: detail(2, { status: 'cancelled' }) } },
  ];
  const shown = board([silent(2, { status: 'cancelled' })]);
  const pruned = await runInProcess(['prune'], world({ board: shown, stored }));
  expect(pruned).toMatchObject({ exitCode: 0, stdout: 'Nothing to prune.' });
  const ran = await runInProcess(['run', '2'], world({ board: shown, stored }));
  expectClear(
    ran,
    1,
    /#2 has an open session already: it does not answer \(its workflow task fails/,
  );
});
