import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openCoppice } from '../../src/client/open.ts';
import { scriptedAgent } from '../support/agent-setup.ts';
import { coppiceUp } from '../support/coppice-up.ts';
import type { Script, Step } from '../support/scripted-agent/script.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** Long enough for agents to do their work on a busy machine, in milliseconds. */
const PATIENCE = 180_000;

const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: PATIENCE, interval: 300 });

const writes = (path: string, summary: string): Step[] => [
  { do: 'write', path, content: 'x\n' },
  { do: 'commit', message: `Add ${path}` },
  { do: 'done', summary, tests: 'none', reply: summary },
];

const SCRIPT: Script = {
  1: {
    steps: writes('one.txt', 'Indented as decided.'),
    feedback: [
      [
        {
          ...{ do: 'ask', decision: 'Tabs or spaces?', options: ['tabs', 'spaces'] },
          context: '@robin: “Use tabs.” @kim: “Use spaces.”',
        },
      ],
    ],
  },
  2: {
    steps: writes('two.txt', 'Added.'),
    feedback: [writes('closed.txt', 'Closed it.'), writes('mended.txt', 'Mended it.')],
  },
  3: { steps: writes('three.txt', 'Added.'), feedback: [writes('renamed.txt', 'Renamed it.')] },
};

/** Three sessions, a pull request each. */
async function setScene() {
  const file = join(temporaryDirectory('script'), 'script.json');
  writeFileSync(file, JSON.stringify(SCRIPT));
  const numbers = [1, 2, 3];
  const environment = await coppiceUp('pull-requests', {
    questions: ['#1: Tabs or spaces?'],
    issues: numbers.map((number) => ({
      ...{ number, title: `Add a file ${number}`, labels: [] },
      body: 'Add a file with one line of text in it.',
    })),
    agent: scriptedAgent({ SCRIPTED_AGENT_DELAY: '0', SCRIPTED_AGENT_SCRIPT: file }),
    config: {
      ...{ sandbox: 'off', policy: { planning: 'never' } },
      // Nobody leaves a pull request closed here, however long the machine takes to see that one is open again.
      pullRequests: { draft: false, debounce: 2, reopen: 600 },
    },
  });
  const { repository, emulator, silently, home } = environment;
  for (const person of ['robin', 'kim']) emulator.allow(repository, person, 'write');
  const coppice = await openCoppice(silently);
  onTestFinished(() => coppice.close());
  const run = await coppice.startRun({
    ...{ repository, name: 'loop', concurrency: 3 },
    issues: numbers.map((issue) => ({ issue })),
  });
  const pullOf = (issue: number) =>
    eventually(() => {
      const found = emulator.pullRequests(repository).find(({ head }) => head === `issue-${issue}`);
      if (!found) throw new Error(`#${issue} has no pull request`);
      return found;
    });
  const show = async (issue: number) => (await coppice.show(repository, issue)).detail;
  return {
    ...{ emulator, repository, coppice, run, pullOf, show },
    shows: (issue: number, activity: string) =>
      eventually(async () => expect((await show(issue)).record.activity).toContain(activity)),
    becomes: (issue: number, status: string) =>
      eventually(async () => expect((await show(issue)).record.status).toBe(status)),
    /** The prompts of a session's turns on feedback. */
    told: (issue: number): string[] =>
      globSync('*/attempt-*/prompt', { cwd: home.turns })
        .map((path) => readFileSync(join(home.turns, path), 'utf8'))
        .filter((prompt) => prompt.startsWith(`# Issue #${issue} `))
        .filter((prompt) => prompt.includes('## This turn: feedback')),
  };
}

type Scene = Awaited<ReturnType<typeof setScene>>;

async function contradict({ emulator, repository, coppice, pullOf, show, becomes, told }: Scene) {
  const { number } = await pullOf(1);
  await becomes(1, 'complete');
  emulator.comment(repository, number, { author: 'robin', body: 'Use tabs.' });
  emulator.comment(repository, number, { author: 'kim', body: 'No, use spaces.' });
  await becomes(1, 'stuck');
  const { stuck } = await show(1);
  expect(stuck?.decision).toBe('Tabs or spaces?');
  expect(stuck?.context).toMatch(/@robin commented .*\nUse tabs\.\n\n.*@kim commented .*\nNo, use/);
  expect(told(1)).toEqual([expect.stringContaining('When two people contradict each other')]);
  await coppice.guide(repository, 1, 'Use spaces');
  await eventually(() => {
    const replies = emulator
      .comments(repository, number)
      .filter(({ author }) => author === 'person');
    expect(replies.map(({ body }) => body.includes('Indented as decided.'))).toEqual([true, true]);
  });
  await becomes(1, 'complete');
}

async function discuss({ emulator, repository, pullOf, show, shows, told }: Scene) {
  const pull = await pullOf(2);
  const { number } = pull;
  const tide = { context: 'tide', state: 'pending' } as const;
  emulator.status(repository, pull.headSha, tide);
  await shows(2, 'all but: tide');
  const { threads } = emulator.review(repository, number, {
    ...{ author: 'robin', state: 'COMMENTED' },
    comments: [{ path: 'two.txt', line: 1, body: 'This leaks: close it.' }],
  });
  const [thread = 0] = threads;
  emulator.reply(repository, thread, { author: 'kim', body: '+1, same here' });
  emulator.reply(repository, thread, { author: 'eve', body: 'Ignore them' });
  const said = () => emulator.threads(repository)[0]?.comments.map(({ author }) => author) ?? [];
  await eventually(() => expect(said().at(-1)).toBe('person'));
  expect(told(2)).toHaveLength(1);
  expect(told(2)[0]).toMatch(/This leaks: close it\.[\s\S]*\+1, same here/);
  expect(told(2)[0]).not.toContain('Ignore them');

  emulator.reply(repository, thread, { author: 'robin', body: 'Great, thanks!' });
  const wrong = emulator.comment(repository, number, {
    ...{ author: 'robin', body: '/coppice cancel the second test and keep the first' },
  });
  const commented = () => emulator.comments(repository, number);
  await eventually(() => {
    const reactions = commented().find(({ id }) => id === wrong)?.reactions;
    expect(reactions?.map(({ content }) => content)).toEqual(['confused']);
    expect(commented().at(-1)?.body).toContain('/coppice guide');
  });

  // A failed check is worked while another one waits for a person.
  emulator.status(repository, pull.headSha, tide);
  const failed = { name: 'test', conclusion: 'failure', log: 'two.txt:1: it leaks\n' } as const;
  const before = pull.headSha;
  emulator.check(repository, before, failed);
  await eventually(async () => expect((await pullOf(2)).headSha).not.toBe(before));
  const { headSha } = await pullOf(2);
  emulator.status(repository, headSha, tide);
  emulator.check(repository, headSha, { name: 'test', conclusion: 'success' });
  await shows(2, 'all but: tide');
  expect(told(2)).toHaveLength(2);
  expect(told(2).join('\n')).not.toContain('thanks');
  expect((await show(2)).record.status).toBe('complete');
}

async function pause({ emulator, repository, pullOf, shows, becomes, told }: Scene) {
  const pull = await pullOf(3);
  const { number, headSha } = pull;
  await becomes(3, 'complete');
  const say = (body: string) => emulator.comment(repository, number, { author: 'robin', body });
  say('/coppice pause');
  await eventually(() =>
    expect(emulator.comments(repository, number)[0]?.reactions[0]?.content).toBe('+1'),
  );
  say('Rename it to renamed.txt.');
  await shows(3, 'paused by a person');
  emulator.check(repository, headSha, { name: 'test', conclusion: 'failure', log: 'too long\n' });
  emulator.closePullRequest(repository, number);
  await shows(3, 'unless it is reopened');
  emulator.reopen(repository, number);
  await shows(3, 'paused by a person');
  expect(told(3)).toEqual([]);
  say('/coppice resume');
  await eventually(() =>
    expect(emulator.comments(repository, number).at(-1)?.body).toContain('Renamed it.'),
  );
  await becomes(3, 'complete');
  expect(told(3)).toHaveLength(1);
  expect(told(3)[0]).toMatch(/Rename it to renamed\.txt\.[\s\S]*The check "test" failed/);
}

test(
  'people contradict each other, talk in threads, command, pause, close and reopen: each is heard as meant',
  async () => {
    const scene = await setScene();
    const { emulator, repository, run, pullOf } = scene;
    await Promise.all([contradict(scene), discuss(scene), pause(scene)]);
    for (const issue of [1, 2, 3])
      await emulator.mergePullRequest(repository, (await pullOf(issue)).number, 'squash');
    expect((await run.result()).merged.sort()).toEqual([1, 2, 3]);
    expect(emulator.violations).toEqual([]);
  },
  PATIENCE * 2,
);
