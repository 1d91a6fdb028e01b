import { expect, test } from 'vitest';
import { NO_CODEBASE } from '../../src/cli/planning/codebase.ts';
import type { Amendment } from '../../src/client/types.ts';
import { Codemap } from '../../src/planning/rules/codemap.ts';
import { runInProcess } from '../support/cli.ts';
import { board, run } from './records.ts';
import { expectClear, world } from './world.ts';

const openRun = (name: string, paused = false) => run(name, [], { paused });

test.each<[string, Amendment]>([
  [
    'add 130 --after 126 --after #127',
    { do: 'add', entry: { issue: 130, after: [126, 127], title: 'Issue 130' } },
  ],
  [
    'add 130 --agent codex',
    { do: 'add', entry: { issue: 130, after: [], title: 'Issue 130', agent: 'codex' } },
  ],
  ['drop 127', { do: 'drop', issue: 127 }],
  ['reorder 128 https://github.com/acme/app/issues/127', { do: 'reorder', first: [128, 127] }],
  ['workers 4', { do: 'setConcurrency', concurrency: 4 }],
  ['pause', { do: 'pause' }],
  ['resume', { do: 'resume' }],
])('`coppice %s` changes the only open run', async (line, amendment) => {
  const { services, asked } = world({ board: board([], { runs: [openRun('night')] }) });
  const { exitCode, stdout } = await runInProcess(line.split(' '), { services });
  expect({ exitCode, amended: asked.amended }).toEqual({
    exitCode: 0,
    amended: [['night', amendment]],
  });
  expect(stdout).toContain('night');
});

test('an issue that is added brings the files that it will probably change', async () => {
  const { services, asked } = world({ board: board([], { runs: [openRun('night')] }) });
  const files = [
    'src/report/export-button.ts',
    ...Array.from({ length: 200 }, (_, at) => `lib/part${at}.ts`),
  ];
  const codebase = async () => ({ ...NO_CODEBASE, map: new Codemap(files, []) });
  await runInProcess(['add', '130'], { services: { ...services, codebase } });
  const added = asked.amended[0]?.[1];
  expect(added).toMatchObject({ do: 'add', entry: { issue: 130 } });
  expect(Object.keys((added?.do === 'add' && added.entry.files) || {})).toEqual([
    'src/report/export-button.ts',
  ]);
});

test('an issue is added though its repository’s files can’t be read, with one line of it', async () => {
  const { services, asked } = world({ board: board([], { runs: [openRun('night')] }) });
  const codebase = async () => {
    throw new Error('fatal: bad object');
  };
  const ran = await runInProcess(['add', '130'], { services: { ...services, codebase } });
  expect(ran.exitCode).toBe(0);
  expect(ran.stderr).toBe('coppice: it is not known what #130 will change: fatal: bad object');
  expect(asked.amended).toHaveLength(1);
});

test('with several open runs one must be named', async () => {
  const runs = [openRun('day'), openRun('night')];
  const { services, asked } = world({ board: board([], { runs }) });
  expectClear(await runInProcess(['pause'], { services }), 1, /--run:\n {2}day:\n {2}night:$/);
  await runInProcess(['pause', '--run', 'day'], { services });
  expect(asked.amended).toEqual([['day', { do: 'pause' }]]);
});

test('of several open runs the one that has the issue is meant', async () => {
  const runs = [run('day', [126]), run('night', [127, 128])];
  const { services, asked } = world({ board: board([], { runs }) });
  for (const line of ['drop 127', 'reorder 128 127', 'add 130 --after 126'])
    await runInProcess(line.split(' '), { services });
  expect(asked.amended.map(([name]) => name)).toEqual(['night', 'night', 'day']);
  for (const line of ['drop 129', 'add 130', 'workers 2'])
    expectClear(
      await runInProcess(line.split(' '), { services }),
      1,
      /name one with --run:\n {2}day: #126\n {2}night: #127 #128$/,
    );
});

test('an issue of another repository changes no run of this one', async () => {
  const { services, asked } = world({ board: board([], { runs: [openRun('night')] }) });
  const ran = await runInProcess(['reorder', '1', 'acme/other#2'], { services });
  expectClear(ran, 2, /acme\/other#2 is in another repository/);
  expect(asked.amended).toEqual([]);
});

test('without an open run there is nothing to change', async () => {
  const { services } = world();
  expectClear(await runInProcess(['drop', '1'], { services }), 1, /no run is open/);
});

test('one session is paused and goes on', async () => {
  const { services, asked } = world();
  await runInProcess(['pause', '124'], { services });
  await runInProcess(['resume', '#124'], { services });
  expect(asked.paused).toEqual([
    [124, true],
    [124, false],
  ]);
});

test('a paused run says so on the board', async () => {
  const { services } = world({ board: board([], { runs: [openRun('night', true)] }) });
  const { stdout } = await runInProcess(['status'], { services });
  expect(stdout).toContain('Run night is paused. Continue it: coppice resume --run night');
});

test('`coppice add` refuses an agent that there is not', async () => {
  const { services, asked } = world({ board: board([], { runs: [openRun('night')] }) });
  const ran = await runInProcess(['add', '130', '--agent', 'slow'], { services });
  expectClear(ran, 1, /there is no agent slow/);
  expect(asked.amended).toEqual([]);
});

test.each(['add', 'add x', 'drop', 'reorder', 'workers', 'workers 0', 'workers x', 'pause x'])(
  '`coppice %s` is refused with one line',
  async (line) => {
    const { services } = world({ board: board([], { runs: [openRun('night')] }) });
    expectClear(await runInProcess(line.split(' '), { services }), 2, /coppice: /);
  },
);

test('`coppice add` refuses an issue that can’t be worked on', async () => {
  for (const [issue, why] of [
    ['500', /has no issue #500/],
    ['400', /#400 is closed/],
    ['300', /#300 is a pull request/],
  ] as const) {
    const { services, asked } = world({ board: board([], { runs: [openRun('night')] }) });
    expectClear(await runInProcess(['add', issue], { services }), 1, why);
    expect(asked.amended).toEqual([]);
  }
});
