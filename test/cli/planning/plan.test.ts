import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parsePlan } from '../../../src/planning/plan-file/plan-text.ts';
import { coppice } from '../../support/cli.ts';
import { ACME, type Fixture, TOKEN } from '../../support/github-fixture.ts';
import { add, project, TEXT } from '../project.ts';
import { expectClear } from '../world.ts';

test('issues become waves, each order with where it comes from, and a file to edit', async () => {
  const world = await project();
  add(
    world,
    { number: 120, title: 'Old', state: 'closed' },
    { number: 123, title: 'Add export button' },
    { number: 126, title: 'Refactor it' },
    {
      number: 127,
      title: 'Add login',
      body: `${TEXT} Depends on #126 and #120.`,
      labels: ['security'],
    },
    { number: 128, title: 'Sum it up', blockedBy: [123], subIssues: [120] },
    { number: 129, title: 'All of it', subIssues: [127] },
  );
  const { exitCode, stdout } = await world.plan('--all-open');
  expect(exitCode).toBe(0);
  expect(stdout).toMatchSnapshot();
  const text = readFileSync(world.file, 'utf8');
  expect(text).toMatchSnapshot();
  expect(parsePlan(text, 'plan.yaml').issues.map(({ issue, after }) => [issue, ...after])).toEqual([
    [123],
    [126],
    [127, { issue: 126, source: 'text', evidence: 'Depends on #126 and #120' }],
    [128, { issue: 123, source: 'native' }],
  ]);
  const again = await coppice(['plan', '--all-open'], { cwd: world.clone, env: world.env });
  expect(again).toMatchObject({ exitCode: 0, stdout });
  expect(readFileSync(world.file, 'utf8')).toBe(text);
});

test('of a circle the order that only a text gave is dropped; without one the circle is spelled out', async () => {
  const world = await project();
  add(
    world,
    { number: 1, title: 'One', body: `${TEXT} Blocked by #3` },
    { number: 2, title: 'Two', blockedBy: [1] },
    { number: 3, title: 'Three' },
  );
  const made = await world.plan('1', '2', '3', '--after', '3:2');
  expect(made).toMatchObject({ exitCode: 0 });
  expect(made.stdout).toContain(
    'Orders not kept\n  #1 after #3 (text: “Blocked by #3”): it would go in a circle',
  );
  const ran = await world.plan('1', '2', '3', '--after', '3:2', '--after', '1:3');
  expectClear(ran, 1, /#1 after #3 \(your word\)/);
  expect(ran.stderr).toContain('#2 after #1 (blocked by it on GitHub)');
  expect(ran.stderr).toContain('#3 after #2 (your word)');
});

test('what waits for something outside is left out with its reason, and so is what comes after it', async () => {
  const world = await project();
  await world.pushBranch('fix');
  add(
    world,
    { number: 10, title: 'Outside' },
    { number: 11, title: 'Waits', body: `${TEXT} after #10` },
    { number: 12, title: 'Waits for that', blockedBy: [11] },
    { number: 13, title: 'Somebody else’s', assignees: ['other'] },
    { number: 14, title: 'The person’s own', assignees: ['other', 'person'] },
    { number: 15, title: 'Labelled', labels: ['Blocked'] },
    { number: 16, title: 'Too short', body: 'Later.' },
    { number: 17, title: 'Half done' },
  );
  const { emulator } = world;
  await createPull(world, { head: 'fix', body: 'Fixes #17' });
  const ran = await world.plan('11', '12', '13', '14', '15', '16', '17', '--json');
  const { issues, leftOut } = JSON.parse(ran.stdout);
  expect(leftOut).toEqual([
    { issue: 11, reason: '#10 is open and not in the plan (text: “after #10”)' },
    { issue: 12, reason: '#11 is left out (blocked by it on GitHub)' },
    { issue: 13, reason: 'assigned to other' },
    { issue: 15, reason: 'label Blocked' },
    { issue: 17, reason: 'pull request #18 already closes it' },
  ]);
  expect(issues).toMatchObject([
    { issue: 14 },
    { issue: 16, caution: 'needs discussion: only 6 characters of text' },
  ]);

  const more = await world.plan('11', '12', '--with-dependencies', '--json');
  expect(JSON.parse(more.stdout)).toMatchObject({ waves: [[10], [11], [12]], leftOut: [] });
  expect(emulator.requests.filter(({ path }) => path === '/user')).toHaveLength(1);
});

test('what can’t be ordered is said, and what may be', async () => {
  const world = await project();
  await world.pushBranch('fix');
  add(
    world,
    { number: 1, title: 'One', body: `${TEXT} Depends on #2, #98 and acme/other#3.` },
    { number: 2, title: 'Two', state: 'closed' },
    { number: 4, title: 'Four', body: `${TEXT} Might depend on #1.` },
    { number: 5, title: 'Five', body: `${TEXT} Used to be blocked by #5.` },
  );
  await createPull(world, { head: 'fix', body: '' });
  add(world, { number: 7, title: 'Seven', body: `${TEXT} Once #6 is merged.` });
  const { stdout } = await world.plan('1', '4', '5', '7');
  expect(stdout).toContain(`May depend on each other, but run in parallel
  #4 may come after #1: “Might depend on #1”`);
  expect(stdout).toContain(`Orders not kept
  #1 after #2 (text: “Depends on #2, #98 and acme/other#3”): #2 is closed already
  #1 after #98 (text: “Depends on #2, #98 and acme/other#3”): there is no #98, or the GitHub token may not see it
  #1: acme/other#3 is in another repository: that order is not kept`);
  expect(stdout).toContain('#7 Seven: pull request #6 is open and not in the plan');
  expect(readFileSync(world.file, 'utf8')).toContain('may come after #1: “Might depend on #1”');
});

test('what says that it blocks another comes before it, read for that or not', async () => {
  const world = await project();
  add(
    world,
    { number: 1, title: 'First', body: `${TEXT} Blocks #2 and #99.` },
    { number: 2, title: 'Second', body: `${TEXT} After #10.` },
    { number: 3, title: 'Third' },
    { number: 10, title: 'Outside', body: 'Blocks #3' },
  );
  const ran = await world.plan('1', '2', '3', '--with-dependencies', '--json');
  const after = (issue: number, source: string, evidence: string) => ({ issue, source, evidence });
  expect(JSON.parse(ran.stdout).issues).toMatchObject([
    { issue: 1, after: [] },
    { issue: 10, after: [] },
    {
      issue: 2,
      after: [after(10, 'text', 'After #10'), after(1, 'text', '#1: Blocks #2 and #99')],
    },
    { issue: 3, after: [after(10, 'text', '#10: Blocks #3')] },
  ]);
  const { leftOut } = JSON.parse((await world.plan('1', '2', '3', '--json')).stdout);
  expect(leftOut).toMatchObject([
    { issue: 2, reason: '#10 is open and not in the plan (text: “After #10”)' },
    { issue: 3, reason: '#10 is open and not in the plan (text: “#10: Blocks #3”)' },
  ]);
});

test('issues are selected by label, milestone, assignee and search', async () => {
  const world = await project();
  add(
    world,
    { number: 1, title: 'Anchor', labels: ['new', 'ui'], milestone: 'Spring' },
    { number: 2, title: 'Two', labels: ['new'], assignees: ['person'] },
    { number: 3, title: 'Three', milestone: 'Spring', state: 'closed' },
  );
  const planned = async (...args: string[]) => {
    const { stdout, stderr } = await world.plan(...args, '--json');
    return stderr === '' ? JSON.parse(stdout).waves.flat() : stderr;
  };
  expect(await planned('--label', 'new')).toEqual([1, 2]);
  expect(await planned('--label', 'new', '--label', 'ui')).toEqual([1]);
  expect(await planned('--milestone', 'spring')).toEqual([1]);
  expect(await planned('--assignee', '@me')).toEqual([2]);
  expect(await planned('--search', 'two')).toEqual([2]);
  expect(await planned('--search', 'anchor', '--label', 'new', '1')).toEqual([1]);
  expectClear(await world.plan('--milestone', 'Autumn'), 1, /no milestone “Autumn”; it has Spring/);
  expectClear(await world.plan('--label', 'none'), 1, /no open issue fits/);
  expectClear(await world.plan(), 2, /no issues: give numbers, --label/);
});

test('few requests read many issues', async () => {
  const world = await project();
  add(world, ...Array.from({ length: 120 }, (_, index) => ({ title: `Number ${index}` })));
  const numbers = Array.from({ length: 120 }, (_, index) => String(index + 1));
  const before = world.emulator.requests.length;
  expect((await world.plan(...numbers, '--json')).exitCode).toBe(0);
  // Two pages of issues, one of pull requests, the name of the default branch, and the rules for it and for a session's.
  expect(world.emulator.requests.length - before).toBe(6);
});

test('issues that name the same file are kept apart, in no direction', async () => {
  const world = await project();
  add(
    world,
    { number: 1, title: 'Log in by key', body: `${TEXT} See auth-service.ts` },
    { number: 2, title: 'Refactor logging in', body: `${TEXT} In \`auth-service.ts\`` },
    { number: 3, title: 'Something else' },
  );
  const ran = await world.plan('1', '2', '3', '--mermaid');
  expect(ran.stdout.replace(/0\.9\d/, '0.9')).toBe(`graph LR
  i1["#35;1 Log in by key"]
  i2["#35;2 Refactor logging in"]
  i3["#35;3 Something else"]
  i1 -.-|0.9| i2`);
  const { issues, overlaps, waves } = JSON.parse((await world.plan('1', '2', '--json')).stdout);
  expect(waves).toEqual([[1, 2]]);
  expect(overlaps).toMatchObject([{ a: 1, b: 2, files: ['auth-service.ts'], apart: true }]);
  expect(issues[1].notes.join()).toMatch(
    /will probably overlap with #1 \(0\.9\d\): auth-service\.ts \(#1: named; #2: named\)/,
  );
});

test('what can’t be planned is named at once', async () => {
  const world = await project();
  await world.pushBranch('fix');
  add(world, { number: 1, title: 'Closed', state: 'closed' });
  await createPull(world, { head: 'fix', body: '' });
  const ran = await world.plan('1', '2', '99');
  expectClear(ran, 1, /^coppice: nothing was planned:$/m);
  expect(ran.stderr).toContain('#1 is closed');
  expect(ran.stderr).toContain('#2 is a pull request, not an issue');
  expect(ran.stderr).toContain('acme/app has no issue #99');
  expectClear(await world.plan('https://github.com/acme/x/issues/3'), 1, /nothing was planned/);
});

test('a plan with a person’s changes is not written over', async () => {
  const world = await project();
  add(world, { number: 1, title: 'One' });
  expect(await world.plan('1')).toMatchObject({ exitCode: 0 });
  writeFileSync(world.file, 'mine');
  expectClear(await world.plan('1'), 1, /holds another plan, which may have your changes/);
  expect(readFileSync(world.file, 'utf8')).toBe('mine');
  expect(await world.plan('1', '--force')).toMatchObject({ exitCode: 0 });
});

test('hostile titles and bodies stay text', async () => {
  const world = await project();
  const hostile = '\u001b[31m"]; click i1 "javascript:x"\n- issue: 9 # {{a}} $(id) `id`';
  add(
    world,
    { number: 1, title: hostile, body: `${hostile} ${TEXT} after #2` },
    { number: 2, title: '🌳' },
  );
  const { stdout, exitCode } = await world.plan('1', '2');
  expect(exitCode).toBe(0);
  expect(stdout).not.toContain('\u001b');
  expect(stdout).not.toContain('\n- issue');
  const plan = parsePlan(readFileSync(world.file, 'utf8'), 'plan.yaml');
  expect(plan.issues.map(({ issue }) => issue)).toEqual([2, 1]);
  expect((await world.plan('1', '2', '--mermaid')).stdout.split('\n')).toHaveLength(4);
});

async function createPull({ emulator }: Fixture, pull: { head: string; body: string }) {
  const answer = await fetch(`${emulator.apiUrl}/repos/${ACME}/pulls`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({ title: 'Fix', base: 'main', ...pull }),
  });
  expect(answer.status).toBe(201);
}
