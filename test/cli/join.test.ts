import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runInProcess } from '../support/cli.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { board, run, session } from './records.ts';
import { expectClear, world } from './world.ts';

const open = (...runs: Parameters<typeof run>[]) =>
  world({
    board: board([session(11)], { runs: runs.map((one) => run(...one)) }),
    result: { merged: [11, 12], cancelled: [], notStarted: [] },
  });

function planFile(text: string): string {
  const file = join(temporaryDirectory('plan'), 'plan.yaml');
  writeFileSync(file, text);
  return file;
}

test('a plan that runs already is joined, whatever became of its issues', async () => {
  const file = planFile('repository: acme/app\nissues: [{issue: 12}, {issue: 11}, {issue: 401}]');
  const { services, asked } = open(['night', [11, 12, 401]]);
  const ran = await runInProcess(['run', file], { services });
  expect(ran).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^Run night: 3 issues\n {4}#/),
  });
  expect(ran.stderr).toMatch(/run night of these issues is under way, and continues as it was/);
  expect(asked).toMatchObject({ joined: ['night'], runs: [], ups: 0, closed: 2 });
});

test('so is a plan whose run had issues added, and one whose run has just these now', async () => {
  const queue = [11, 12, 13].map((issue) => ({ issue, waitingFor: 'a free slot' }));
  const { services, asked } = open(['night', [11, 12], { queue }]);
  await runInProcess(['run', '12', '#11'], { services });
  await runInProcess(['run', '11', '12', '13'], { services });
  expect(asked).toMatchObject({ joined: ['night', 'night'], runs: [] });
});

test('its issues are listed in the order in which they were asked for, those that were added since last', async () => {
  const queue = [13, 12, 11].map((issue) => ({ issue, waitingFor: 'a free slot' }));
  const { services } = open(['night', [13, 12, 11], { queue }]);
  const ran = await runInProcess(['run', '11', '13', '12'], { services });
  expect(ran.stdout.match(/#\d+/g)).toEqual(['#11', '#13', '#12']);
  const { services: more } = open(['night', [12, 11], { queue }]);
  const joined = await runInProcess(['run', '11', '12'], { services: more });
  expect(joined.stdout.match(/#\d+/g)).toEqual(['#11', '#12', '#13']);
});

test('with --watch it is shown to its end', async () => {
  const { services, asked } = open(['night', [11, 12]]);
  const ran = await runInProcess(['run', '11', '12', '--watch'], { services });
  expect(ran.exitCode).toBe(0);
  expect(ran.stdout).toContain('Merged: #11, #12');
  expect(asked.runs).toEqual([]);
});

test('a run of other issues is not joined, nor one that was cancelled', async () => {
  const { services, asked } = open(['other', [12, 13]], ['gone', [12, 14], { closed: true }]);
  expect((await runInProcess(['run', '12', '14'], { services })).exitCode).toBe(0);
  expectClear(await runInProcess(['run', '11'], { services }), 1, /nothing was started/);
  expect(asked).toMatchObject({ joined: [], runs: [{ issues: [{ issue: 12 }, { issue: 14 }] }] });
});

test('the same command twice at once starts one run, which both show', async () => {
  const { services, asked } = world({ board: board([]), runsStayOpen: true });
  const both = await Promise.all([1, 2].map(() => runInProcess(['run', '12', '13'], { services })));
  expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(asked.runs).toHaveLength(1);
  expect(asked.joined).toEqual([asked.runs[0]?.name]);
  expect(both.map(({ stdout }) => stdout.split(':')[0])).toEqual([
    `Run ${asked.runs[0]?.name}`,
    `Run ${asked.runs[0]?.name}`,
  ]);
});
