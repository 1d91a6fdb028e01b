import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NO_CODEBASE } from '../../../src/cli/planning/codebase.ts';
import type { Choice, Questions } from '../../../src/cli/terminal/questions.ts';
import { Config } from '../../../src/config/schema.ts';
import { Codemap } from '../../../src/planning/rules/codemap.ts';
import { runInProcess } from '../../support/cli.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { expectClear, world } from '../world.ts';

/** A repository that is large enough for one file to be an unlikely one. */
const FILES = [
  'src/report/export.ts',
  ...Array.from({ length: 120 }, (_, at) => `src/part${at}.ts`),
];

function planFile(text: string): string {
  const file = join(temporaryDirectory('plan'), 'plan.yaml');
  writeFileSync(file, text);
  return file;
}

/** A person who gives these answers, one after the other, and keeps what was asked. */
function person(...answers: (number | number[])[]) {
  const asked: { message: string; choices: readonly Choice[] }[] = [];
  const answer = (message: string, choices: readonly Choice[]) => {
    asked.push({ message, choices });
    const [next] = answers.splice(0, 1);
    if (next === undefined) throw new Error(`nobody answers: ${message}`);
    return next;
  };
  const questions: Questions = {
    some: async (message, choices) => answer(message, choices) as number[],
    one: async (message, choices) => answer(message, choices) as number,
  };
  return { questions, asked, answers };
}

describe('a plan file', () => {
  test('is run as it stands, the person’s changes included', async () => {
    const file = planFile(
      `repository: ACME/app\nbase: main\nworkers: 2\nissues:\n  - issue: 12\n    after: [{issue: 11, source: text, evidence: x}]\n    caution: mind the gap\n  - issue: 11\n`,
    );
    const { services, asked } = world();
    const ran = await runInProcess(['run', file, '--name', 'x'], { services });
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(asked.runs).toMatchObject([
      {
        ...{ repository: 'acme/app', base: 'main', concurrency: 2 },
        issues: [
          { issue: 12, after: [11], caution: 'mind the gap' },
          { issue: 11, after: [] },
        ],
      },
    ]);
  });

  test('gives way to options', async () => {
    const file = planFile('repository: acme/app\nworkers: 2\nissues: [{issue: 1}]');
    const { services, asked } = world();
    await runInProcess(['run', file, '--workers', '4', '--base', 'main'], { services });
    expect(asked.runs).toMatchObject([{ concurrency: 4, base: 'main' }]);
  });

  test('for another repository is refused', async () => {
    const file = planFile('repository: acme/other\nissues: [{issue: 1}]');
    const { services, asked } = world();
    const ran = await runInProcess(['run', file], { services });
    expectClear(ran, 1, /is a plan for acme\/other, and this is acme\/app/);
    expect(asked.runs).toEqual([]);
  });

  test('with mistakes is refused, each with its line and column', async () => {
    const file = planFile(
      'repository: acme/app\nissues:\n  - issue: 1\n    after: [1, 2]\n  - 5\n',
    );
    const ran = await runInProcess(['run', file], world());
    expectClear(ran, 1, /plan\.yaml has 3 problems$/m);
    expect(ran.stderr).toContain(`${file}:4:13: #1 depends on itself`);
    expect(ran.stderr).toContain(`${file}:4:16: #1 depends on #2, which is not in the plan`);
    expect(ran.stderr).toContain(`${file}:5:5: issues.1: expected a section of keys`);
  });

  test('is checked against the world like issues are', async () => {
    const file = planFile(
      'repository: acme/app\nworkers: 11\nissues: [{issue: 401}, {issue: 501}]',
    );
    const ran = await runInProcess(['run', file], world());
    expectClear(ran, 1, /nothing was started/);
    for (const problem of ['#401 is closed', 'has no issue #501', '11 workers are more than 10'])
      expect(ran.stderr).toContain(problem);
  });

  test('has its own order', async () => {
    const file = planFile('repository: acme/app\nissues: [{issue: 1}]');
    const ran = await runInProcess(['run', file, '--after', '2:1'], world());
    expectClear(ran, 2, /--after is for issues/);
  });

  test('that is not there is said so', async () => {
    expectClear(await runInProcess(['run', 'none.yaml'], world()), 1, /there is no plan at .*none/);
  });
});

describe('a run of issues', () => {
  test('keeps the order and the cautions that planning finds, and says so', async () => {
    const issue = () => ({
      body: 'It must be there before anything. Depends on #11',
      labels: ['security'],
    });
    const { services, asked } = world({ issue });
    const ran = await runInProcess(['run', '12', '11', '--name', 'x'], { services });
    expect(asked.runs[0]?.issues).toEqual([
      { issue: 12, after: [11], caution: 'touches security (label security)', title: 'Issue 12' },
      { issue: 11, after: [], caution: 'touches security (label security)', title: 'Issue 11' },
    ]);
    expect(ran.stderr).toBe(
      [
        'coppice: #12 comes after #11 (text: Depends on #11)',
        'coppice: #11 will ask you to approve its plan: touches security (label security)',
        'coppice: #12 will ask you to approve its plan: touches security (label security)',
      ].join('\n'),
    );
  });

  test('keeps apart what will surely change the same file, and says so, as what orders are not kept', async () => {
    const issue = (number: number) => ({
      body: `The sum in src/report/export.ts is wrong.${number === 2 ? ' Depends on #401.' : ''}`,
    });
    const { services, asked } = world({ issue });
    const map = new Codemap(FILES, []);
    const codebase = async () => ({ ...NO_CODEBASE, map });
    const ran = await runInProcess(['run', '1', '2', '--name', 'x'], {
      services: { ...services, codebase },
    });
    expect(ran.stderr.split('\n')).toEqual([
      'coppice: #1 and #2 are not worked on at the same time: both probably change src/report/export.ts (0.89)',
      'coppice: order not kept: #2 after #401 (text: “Depends on #401”): #401 is closed already',
    ]);
    const files = { 'src/report/export.ts': expect.closeTo(0.95, 1) };
    expect(asked.runs).toMatchObject([
      {
        issues: [
          { issue: 1, files },
          { issue: 2, files },
        ],
        overlaps: [{ issues: [1, 2], score: 0.89, files: ['src/report/export.ts'], apart: true }],
      },
    ]);
  });

  const blocked = () => ({ labels: ['blocked'] });

  test('that are not ready is refused when nobody can be asked', async () => {
    const { services, asked } = world({ issue: blocked });
    const ran = await runInProcess(['run', '1'], { services });
    expectClear(ran, 1, /nothing was started, since not all are ready/);
    expect(ran.stderr).toContain('#1: label blocked');
    expect(asked.runs).toEqual([]);
  });

  test('is decided by the person at the terminal', async () => {
    const { questions, asked: questioned } = person([0, 1]);
    const { services, asked } = world({ issue: blocked, questions });
    const ran = await runInProcess(['run', '1', '2', '--name', 'x'], { services });
    expect(ran.exitCode).toBe(0);
    expect(questioned.map(({ message }) => message)).toEqual([
      'These issues are not ready. Which ones do you want to run anyway?',
    ]);
    expect(asked.runs[0]?.issues).toEqual([
      { issue: 1, after: [], title: 'Issue 1' },
      { issue: 2, after: [], title: 'Issue 2' },
    ]);
  });

  test('of which some are not ready is refused when nobody can be asked, and leaves them out with --yes', async () => {
    const { services, asked } = world({ issue: (number) => (number === 2 ? blocked() : {}) });
    expectClear(await runInProcess(['run', '1', '2'], { services }), 1, /not all are ready/);
    expect(asked.runs).toEqual([]);
    const ran = await runInProcess(['run', '1', '2', '--yes'], { services });
    expect(ran).toMatchObject({ exitCode: 0, stderr: 'coppice: left out: #2: label blocked' });
    expect(asked.runs).toMatchObject([{ issues: [{ issue: 1 }] }]);
  });

  test('that are all not ready is refused with --yes too', async () => {
    const { services, asked } = world({ issue: blocked, questions: person().questions });
    const ran = await runInProcess(['run', '1', '--yes'], { services });
    expectClear(ran, 1, /not all are ready/);
    expect(asked.runs).toEqual([]);
  });
});

test('a plan keeps what the person decided', async () => {
  const issue = () => ({
    ...{ body: 'Long enough to be worked on, is it not.', labels: ['security'] },
  });
  const { questions, asked } = person([0], 1);
  const { services } = world({ issue, questions });
  const cwd = temporaryDirectory('plan');
  const ran = await runInProcess(['plan', '1', '2'], { services, cwd });
  expect(ran.exitCode).toBe(0);
  expect(asked[1]?.choices).toMatchObject([{ label: '2', hint: /proposed/ }, { label: '1' }]);
  const text = readFileSync(join(cwd, 'plan.yaml'), 'utf8');
  expect(text).toContain('workers: 1 # your choice; proposed: 2');
  expect(text).toContain('- issue: 1 # Issue 1\n    caution: touches security (label security)');
  expect(text).toContain('- "you lifted its caution: touches security (label security)"');
  expect(text.match(/^ {4}caution: touches/gm)).toHaveLength(1);
});

test('a weak overlap that the person decides on becomes the person’s own order', async () => {
  const { questions } = person([0], 0);
  const issue = (number: number) => ({
    title: number === 1 ? 'Speed up the export' : 'Name the export',
    body: 'Long enough to be worked on, is it not.',
  });
  const base = world({ issue, questions });
  const services = {
    ...base.services,
    codebase: async () => ({
      ...NO_CODEBASE,
      map: new Codemap(FILES.slice(0, 30), []),
    }),
  };
  const cwd = temporaryDirectory('plan');
  const ran = await runInProcess(['plan', '1', '2'], { services, cwd });
  expect(ran.stdout).toMatch(/#2 after #1: person, overlap 0\.[1-5]\d*: src\/report\/export\.ts/);
});

test('what planning does is told while it is done, at a terminal alone', async () => {
  const cwd = temporaryDirectory('plan');
  const plan = async (isTTY: boolean) => {
    const { questions } = person([], [], 0, 0);
    const { stderr } = await runInProcess(['plan', '1', '2', '--force'], {
      ...world({ questions }),
      ...{ cwd, isTTY },
    });
    return stderr;
  };
  expect(await plan(true)).toMatch(/reads 2 issues[\s\S]*reads files and history[\s\S]*each issue/);
  expect(await plan(false)).not.toContain('reads 2 issues');
});

test('a plan for many workers warns, and one for more than 10 must be meant', async () => {
  const cwd = temporaryDirectory('plan');
  const plan = (...args: string[]) => runInProcess(['plan', '1', ...args], { ...world(), cwd });
  expect((await plan('--workers', '6')).stderr).toContain('6 workers: expect conflicts');
  expectClear(await plan('--workers', '11'), 1, /more than 10: add --yes/);
  expect(await plan('--workers', '11', '--yes', '--force')).toMatchObject({ exitCode: 0 });
});

describe('agents', () => {
  const config = Config.parse({ agents: { fast: { model: 'haiku' } } });

  test('of a run and of single issues are passed on', async () => {
    const { services, asked } = world({ config });
    const file = planFile('repository: acme/app\nissues: [{issue: 1, agent: fast}, {issue: 2}]');
    await runInProcess(['run', file, '--agent', 'codex'], { services });
    await runInProcess(['run', '3', '--agent', 'fast', '--yes'], { services });
    expect(asked.runs).toMatchObject([
      { agent: 'codex', issues: [{ issue: 1, agent: 'fast' }, { issue: 2 }] },
      { agent: 'fast', issues: [{ issue: 3 }] },
    ]);
  });

  test('that there are not are refused before anything is made', async () => {
    const { services, asked } = world({ config });
    const ofRun = await runInProcess(['run', '1', '--agent', 'slow'], { services });
    expectClear(ofRun, 1, /there is no agent slow: there are fast, claude, codex/);
    const file = planFile('repository: acme/app\nissues:\n  - {issue: 1, agent: slow}');
    const ofIssue = await runInProcess(['run', file], { services });
    expectClear(ofIssue, 1, /plan.yaml:3:23: there is no agent slow: there are fast, claude/);
    expect(asked.runs).toEqual([]);
  });

  test('are all looked at, and no others', async () => {
    const agentProblem = ({ adapter }: { adapter: string }) =>
      adapter === 'claude' ? 'there is no program claude' : undefined;
    const { services, asked } = world({ config, agentProblem });
    const text =
      'repository: acme/app\nissues: [{issue: 1, agent: codex}, {issue: 2, agent: fast}]';
    const refused = await runInProcess(['run', planFile(text)], { services });
    expectClear(refused, 1, /there is no program claude/);
    expect(asked.runs).toEqual([]);
    await runInProcess(['run', '1', '--agent', 'codex', '--yes'], { services });
    expect(asked.runs).toHaveLength(1);
  });
});

test('a run says when Claude Code will tell another maker’s prices', async () => {
  const env = { ANTHROPIC_MODEL: 'glm-5' };
  const ran = await runInProcess(['run', '11', '--yes'], { ...world(), env });
  expect(ran.exitCode).toBe(0);
  expect(ran.stderr).toMatch(
    /^coppice: Claude Code reports Anthropic’s prices, and not those of the model glm-5/m,
  );
  const config = Config.parse({ agent: { prices: { input: 1, output: 2 } } });
  const priced = await runInProcess(['run', '11', '--yes'], { ...world({ config }), env });
  expect(priced.stderr).toBe('');
});
