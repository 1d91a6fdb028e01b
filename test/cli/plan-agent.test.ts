import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parsePlan } from '../../src/planning/plan-text.ts';
import { runForReal } from '../support/cli.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { add, project, TEXT } from './project.ts';
import { expectClear } from './world.ts';

const AGENT = fileURLToPath(new URL('../support/scripted-agent/main.ts', import.meta.url));

/** Five issues, the second after the first by its text, and an agent that answers with `proposals`. */
async function consulted(
  proposals: string,
  command: readonly string[] = [process.execPath, AGENT],
) {
  const world = await project();
  add(
    world,
    { number: 1, title: 'First' },
    { number: 2, title: 'Second', body: `${TEXT} After #1.` },
    ...[3, 4, 5].map((number) => ({ number, title: `Issue ${number}` })),
  );
  const file = join(temporaryDirectory('agent'), 'proposals.json');
  writeFileSync(file, proposals);
  const agent = { adapter: 'command', command, env: ['SCRIPTED_AGENT_PROPOSALS'] };
  writeFileSync(join(world.clone, 'coppice.yaml'), stringify({ repository: 'acme/app', agent }));
  const env = { ...process.env, ...world.env, SCRIPTED_AGENT_PROPOSALS: file };
  const plan = (...args: string[]) =>
    runForReal(['plan', '--all-open', ...args], { cwd: world.clone, env });
  return { ...world, plan, seen: `${file}.seen` };
}

const why = 'both change theme.ts';

test('an agent that was asked adds orders, overlaps and cautions, marked as its own', async () => {
  const world = await consulted(
    JSON.stringify({
      orders: [{ issue: 4, after: 3, why: 'it calls what #3 makes' }],
      overlaps: [
        { issues: [5, 3], score: 0.9, why },
        { issues: [1, 5], score: 0.2, why: 'theme.ts, maybe' },
      ],
      cautions: [{ issue: 5, why: 'the file format is for ever' }],
    }),
  );
  const ran = await world.plan('--agent', '--after', '4:2');
  expect(ran).toMatchObject({ exitCode: 0 });
  expect(ran.stderr).toContain('asks the agent (command)');
  const { issues } = parsePlan(readFileSync(world.file, 'utf8'), 'plan.yaml');
  const byNumber = new Map(issues.map((entry) => [entry.issue, entry]));
  expect(byNumber.get(4)?.after).toEqual([
    { issue: 2, source: 'person' },
    { issue: 3, source: 'agent', evidence: 'it calls what #3 makes' },
  ]);
  expect(byNumber.get(5)).toMatchObject({
    after: [{ issue: 3, source: 'agent', evidence: `overlap 0.9: the agent says: ${why}` }],
    caution: 'the agent warns: the file format is for ever',
    notes: expect.arrayContaining(['may overlap with #1 (0.2): the agent says: theme.ts, maybe']),
  });
  expect(ran.stdout).toContain('#4 after #3: agent, it calls what #3 makes');
});

test('what would override the person or go in a circle is not taken, with a note', async () => {
  const orders = [
    { issue: 1, after: 2, why },
    { issue: 3, after: 5, why },
    { issue: 5, after: 1, why },
    { issue: 1, after: 3, why },
    { issue: 4, after: 4, why },
    { issue: 4, after: 99, why },
    { issue: 2, after: 1, why },
  ];
  const overlaps = [{ issues: [4, 98], score: 1, why }];
  const world = await consulted(JSON.stringify({ orders, overlaps }));
  const { exitCode, stdout } = await world.plan('--agent', '--after', '5:3', '--json');
  expect(exitCode).toBe(0);
  const { issues, dropped } = JSON.parse(stdout);
  const edges = issues.flatMap(({ issue, after }: never) =>
    (after as { issue: number; source: string }[]).map((edge) => [issue, edge.issue, edge.source]),
  );
  expect(edges.sort()).toEqual(
    [
      [2, 1, 'text'],
      [5, 1, 'agent'],
      [5, 3, 'person'],
      [1, 3, 'agent'],
    ].sort(),
  );
  expect(dropped.map(({ text }: { text: string }) => text)).toEqual([
    'the agent saw #4 and #98 overlap; not taken: #98 is not in the plan',
    `the agent proposed #1 after #2 (${why}); not taken: #2 comes after #1`,
    `the agent proposed #3 after #5 (${why}); not taken: #5 comes after #3`,
    `the agent proposed #4 after #4 (${why}); not taken: an issue can’t come after itself`,
    `the agent proposed #4 after #99 (${why}); not taken: #99 is not in the plan`,
  ]);
  expect(issues[0].notes.join()).toContain('not taken');
});

test('the agent sees the issues and the code, and neither git nor a token', async () => {
  const world = await consulted('{}');
  expect((await world.plan('--agent')).exitCode).toBe(0);
  const { prompt, files, env } = JSON.parse(readFileSync(world.seen, 'utf8'));
  expect(prompt).toContain(`Second\n\n${TEXT} After #1.`);
  expect(prompt).toContain('- #2 comes after #1: text: “After #1”');
  expect(prompt).toContain('"maximum": 2147483647');
  expect(files).toEqual(expect.arrayContaining(['.coppice', 'theme.ts']));
  expect(files.filter((file: string) => file.startsWith('.git'))).toEqual([]);
  expect(env).toContain('SCRIPTED_AGENT_PROPOSALS');
  expect(env).not.toContain('GITHUB_TOKEN');
});

test('without --agent none is asked', async () => {
  const world = await consulted('{}');
  expect((await world.plan()).exitCode).toBe(0);
  expect(existsSync(world.seen)).toBe(false);
});

test.for([
  ['not JSON', 'nonsense', /can’t be used: \.coppice\/proposals\.json is not JSON/],
  ['not by the schema', '{"orders": [{"issue": 1}]}', /can’t be used: .*orders\[0\]\.after/],
  ['no answer at all', '', /the agent failed: the agent exited with code 3/],
] as const)('%s is refused, and nothing is written', async ([, proposals, problem]) => {
  const world = await consulted(proposals);
  expectClear(await world.plan('--agent'), 1, problem);
  expect(existsSync(world.file)).toBe(false);
});

test('an agent that is not there is said so', async () => {
  const world = await consulted('{}', ['no-such-agent']);
  expectClear(await world.plan('--agent'), 1, /there is no program no-such-agent: install it/);
});
