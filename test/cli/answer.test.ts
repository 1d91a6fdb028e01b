import { expect, test } from 'vitest';
import type { SessionView } from '../../src/client/types.ts';
import { CANCEL, type OptionInput } from '../../src/domain/session/options.ts';
import { type AsksFor, questionInFull } from '../../src/domain/session/turn.ts';
import { runInProcess } from '../support/cli.ts';
import { board, minutesAgo, NOW, session } from './records.ts';
import { expectClear, world } from './world.ts';

const OPTIONS: OptionInput[] = [
  { label: 'a map', consequence: 'it is faster', recommended: true },
  'a list',
  { label: 'say it otherwise', effect: 'say' },
  CANCEL,
];

const stuck = (issue: number, minutes: number) =>
  session(issue, { status: 'stuck', stuckReason: 'Which?', since: minutesAgo(minutes) });

const asking =
  (asksFor: AsksFor = 'guidance', options = OPTIONS) =>
  (issue: number): SessionView => {
    const { record } = stuck(issue, 5);
    const question = { decision: `Which of #${issue}?`, options, asksFor, context: 'It matters.' };
    return {
      ...{ source: 'live', asOf: NOW.toISOString(), workflowId: String(issue) },
      detail: {
        ...{ record, stuck: questionInFull(question), plan: '', turns: [], guidance: [] },
        ...{ conversation: null, terminal: null, agent: null, remarks: [], refused: [] },
      },
    };
  };

const threeStuck = board([
  stuck(124, 5),
  session(125, { status: 'working' }),
  stuck(126, 50),
  stuck(127, 1),
]);

const answerWith = async (
  lines: readonly string[],
  options: Parameters<typeof world>[0] = {},
  args: readonly string[] = [],
) => {
  const { services, asked } = world({ board: threeStuck, view: asking(), ...options });
  const ran = await runInProcess(['answer', ...args], {
    ...{ services, input: lines.join('\n'), now: NOW },
  });
  return { ...ran, asked };
};

test('answers are taken for all that waits, the oldest first', async () => {
  const { stdout, exitCode, asked } = await answerWith(['2', 's', 'both, side by side']);
  expect(asked.guidance).toEqual([
    [126, { option: 2, about: 'Which of #126?' }],
    [127, { text: 'both, side by side', about: 'Which of #127?' }],
  ]);
  expect(stdout).toContain(`1 of 3: #126 Add export button, waiting for 5m

It matters.

Which of #126?
    1. a map (recommended): it is faster
    2. a list
    3. say it otherwise
    4. cancel the session: its work is kept`);
  expect(stdout).toContain('2 answered, 1 left: coppice answer');
  expect(exitCode).toBe(0);
});

test('only the issues that are named are asked about', async () => {
  const { asked } = await answerWith(['1', '1'], {}, ['124-126']);
  expect(asked.guidance.map(([issue]) => issue)).toEqual([126, 124]);
});

test('where nothing waits it says so', async () => {
  const { stdout } = await answerWith([], { board: board([]) });
  expect(stdout).toBe('Nothing waits for an answer of yours.');
});

test('an option that needs words asks for them, and one that ends the session for a yes', async () => {
  const { asked } = await answerWith(['3', 'use neither', '4', 'no', '4', 'YES', 'q']);
  expect(asked.guidance).toEqual([
    [126, { text: 'use neither', action: 'answer', about: 'Which of #126?' }],
  ]);
  expect(asked.cancelled).toEqual([124]);
});

test('a plan is approved by a yes, not sent back with the word', async () => {
  const { asked } = await answerWith(['yes', 'A', 'leave the tests'], {
    view: asking('approval', []),
  });
  expect(asked.guidance.map(([, guidance]) => guidance)).toEqual([
    { action: 'approve', about: 'Which of #126?' },
    { action: 'approve', about: 'Which of #124?' },
    { text: 'leave the tests', about: 'Which of #127?' },
  ]);
});

test('what can be no answer is asked for again', async () => {
  const { stderr, asked } = await answerWith(['9', 'x', '1', 'q']);
  expect(stderr).toContain('it has the options 1 to 4');
  expect(stderr).toContain('"x" is too short for an answer in words');
  expect(asked.guidance).toHaveLength(1);
  const budget = await answerWith(['please', '+5', 'q'], { view: asking('budget', []) });
  expect(budget.stderr).toContain('give dollars, such as +5');
  expect(budget.asked.guidance).toEqual([[126, { budget: 5, about: 'Which of #126?' }]]);
});

test('who was second is told so, and sees what is asked now', async () => {
  let first = true;
  const refuses = () => {
    const refusal = first ? 'it asks nothing any more' : undefined;
    first = false;
    return refusal;
  };
  const { stderr, asked } = await answerWith(['1', '1', 'q'], { refuses });
  expect(stderr).toContain('#126 it asks nothing any more');
  expect(asked.guidance).toHaveLength(1);
});

test('plans are approved, several at once', async () => {
  const { services, asked } = world();
  const { stdout } = await runInProcess(['approve', '124-125', '#127'], { services });
  expect(asked.guidance).toEqual([124, 125, 127].map((issue) => [issue, { action: 'approve' }]));
  expect(stdout).toContain('The plan of #127 is approved.');
});

test('one of several that is refused keeps none of the others', async () => {
  let count = 0;
  const { services, asked } = world({
    refuses: () => (++count === 2 ? 'asks nothing' : undefined),
  });
  const ran = await runInProcess(['approve', '124,125,126'], { services });
  expectClear(ran, 1, /1 of 3 issues failed:\n {2}#125 asks nothing/);
  expect(asked.guidance.map(([issue]) => issue)).toEqual([124, 126]);
});

test('sessions are cancelled and paused by ranges, and by other names', async () => {
  const { services, asked } = world({ board: threeStuck });
  await runInProcess(['stop', '124-126'], { services });
  await runInProcess(['pause', '124,127'], { services });
  expect(asked.cancelled).toEqual([124, 125, 126]);
  expect(asked.paused).toEqual([
    [124, true],
    [127, true],
  ]);
});

test('a pull request is opened, or its link printed', async () => {
  const view = asking()(124);
  const { services } = world({ view });
  expectClear(await runInProcess(['open', '124'], { services }), 1, /has no pull request yet/);
  const record = { ...view.detail.record, pullRequestUrl: 'https://x.test/pull/7' };
  const published = world({ view: { ...view, detail: { ...view.detail, record } } });
  const { stdout } = await runInProcess(['open', '124'], { services: published.services });
  expect(stdout).toBe('https://x.test/pull/7');
});
