import { expect, test } from 'vitest';
import { runInProcess } from '../support/cli.ts';
import { board, session } from './records.ts';
import { expectClear, world } from './world.ts';

const PULL = 'https://github.com/acme/app/pull';
const shown = board([session(124, { pullRequestUrl: `${PULL}/42`, status: 'complete' })]);

test.each(['124', '#124', 'acme/app#124', 'https://github.com/acme/app/issues/124', `${PULL}/42`])(
  'guide takes %s',
  async (reference) => {
    const { services, asked } = world({ board: shown });
    await runInProcess(['guide', reference, 'go'], { services });
    expect(asked.guidance.map(([issue]) => issue)).toEqual([124]);
  },
);

test('a pull request of no session is one clear line', async () => {
  const { services } = world({ board: shown });
  expectClear(
    await runInProcess(['cancel', `${PULL}/41`], { services }),
    1,
    'coppice: no session of acme/app has the pull request #41: give the number of the issue; coppice status lists them',
  );
});

test('run and plan say that a pull request is no issue', async () => {
  for (const command of ['run', 'plan'])
    expectClear(
      await runInProcess([command, `${PULL}/42`], world({ board: shown })),
      2,
      /\/pull\/42" is a pull request: give the issue that it is for$/,
    );
});

test('run takes issues with their repository', async () => {
  const { services, asked } = world();
  await runInProcess(['run', 'acme/app#11', '--yes'], { services });
  expect(asked.runs.map(({ issues }) => issues.map(({ issue }) => issue))).toEqual([[11]]);
  const other = await runInProcess(['run', 'acme/other#11'], { services });
  expectClear(other, 1, /acme\/other#11 is in another repository/);
});
