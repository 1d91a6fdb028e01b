import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Config } from '../../../src/config/schema.ts';
import { CoppiceError } from '../../../src/domain/shared/failure.ts';
import { toPlan } from '../../../src/planning/plan-file/plan-file.ts';
import { parsePlan, readPlanFile } from '../../../src/planning/plan-file/plan-text.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

/** Every line that reading `text` complains in. */
function problems(text: string): string[] {
  try {
    parsePlan(text, 'p');
    return [];
  } catch (error) {
    if (!(error instanceof CoppiceError && error.type === 'InvalidInput')) throw error;
    return error.details === '' ? [error.message] : error.details.split('\n');
  }
}

const issues = (text: string) => `repository: acme/app\nissues:\n${text}`;

test('a plan is read as it may be written by hand', () => {
  const plan = parsePlan(issues('  - issue: 126\n  - {issue: 127, after: [126]}\n'), 'p');
  expect(plan).toEqual({
    repository: 'acme/app',
    workers: 3,
    issues: [
      { issue: 126, after: [], notes: [] },
      { issue: 127, after: [{ issue: 126, source: 'person' }], notes: [] },
    ],
    overlaps: [],
    leftOut: [],
  });
});

test('a run takes from it what overlaps, and what each issue will probably change', () => {
  const text = `${issues('  - {issue: 1, files: {src/auth.js: 0.7}}\n  - issue: 2\n')}overlaps:\n  - {issues: [1, 2], score: 0.7, files: [src/auth.js], apart: true}\n`;
  expect(toPlan(parsePlan(text, 'p'))).toMatchObject({
    issues: [{ issue: 1, files: { 'src/auth.js': 0.7 } }, { issue: 2 }],
    overlaps: [{ issues: [1, 2], score: 0.7, files: ['src/auth.js'], apart: true }],
  });
});

test('an overlap is one of two issues of the plan', () => {
  const text = `${issues('  - issue: 1\n')}overlaps:\n  - {issues: [1, 2], score: 0.7}\n  - {issues: [1, 1], score: 0.7}\n`;
  expect(problems(text)).toEqual([
    expect.stringContaining('#2 is not in the plan: add it, or remove this'),
    expect.stringContaining('#1 overlaps with itself'),
  ]);
});

test('a run takes from it the order and the cautions, each edge once', () => {
  const text = issues(
    [
      '  - issue: 127',
      '    after: [126, {issue: 126, source: text, evidence: "after #126"}]',
      '    caution: touches security',
      '    notes: [seen]',
      '  - issue: 126',
    ].join('\n'),
  );
  expect(toPlan(parsePlan(text, 'p')).issues).toEqual([
    { issue: 127, after: [126], caution: 'touches security' },
    { issue: 126, after: [] },
  ]);
});

test('every problem is named at once, with its line and column, in order', () => {
  const text = [
    'repository: acme/app',
    'workrs: 3',
    'workers: 0',
    'issues:',
    '  - issue: 126',
    '    after: [127, 126, 128]',
    '  - issue: 127',
    '    after:',
    '      - { issue: 126, source: txt }',
    '      - "#126"',
    '    cautoin: x',
    '  - issue: 127',
    '  - isue: 3',
    '  - 5',
    'leftOut: [{issue: 9}]',
  ].join('\n');
  expect(problems(text)).toEqual([
    'p:2:1: workrs: unknown key; did you mean workers?',
    'p:3:10: workers: must be more than 0',
    'p:5:12: dependencies go in a circle: #126 → #127 → #126',
    'p:6:18: #126 depends on itself',
    'p:6:23: #126 depends on #128, which is not in the plan: add it, or remove this',
    'p:9:31: issues.1.after.0.source: expected one of person, native, sub-issue, task-list, text, overlap, agent',
    'p:10:9: issues.1.after.1: expected the number of an issue, without #, or a section with issue, source and evidence',
    'p:11:5: issues.1.cautoin: unknown key; did you mean caution?',
    'p:12:12: #127 is in the plan twice',
    'p:13:5: issues.3.issue: expected a number',
    'p:13:5: issues.3.isue: unknown key; did you mean issue?',
    'p:14:5: issues.4: expected a section of keys',
    'p:15:11: leftOut.0.reason: expected text',
  ]);
});

test.for([
  ['', 'p:1:1: repository: expected'],
  ['[]', 'p:1:1: expected a section of keys'],
  ['repository: ../x\nissues: [{issue: 1}]', 'p:1:13: repository: expected a repository as owner'],
  ['repository: a/b\nissues: []', 'p:2:9: issues: '],
  ['repository: a/b\nissues: {issue: 1}', 'p:2:9: issues: expected a list'],
  [issues('  - issue: 0'), 'p:3:12: issues.0.issue: must be more than 0'],
  [issues('  - issue: 1.5'), 'p:3:12: issues.0.issue: expected a whole number'],
  [issues('  - issue: "1"'), 'p:3:12: issues.0.issue: expected a number'],
  [issues('  - issue: 99999999999'), 'p:3:12: issues.0.issue: must be at most 2147483647'],
  [issues('  - issue: 1\n    after: 2'), 'p:4:12: issues.0.after: expected a list'],
  [issues('  - issue: 1\n    after:\n      - #2'), 'p:5:9: issues.0.after.0: expected the number'],
  [issues('  - issue: 1\n    caution: {a: b}'), 'p:4:14: issues.0.caution: expected text'],
  [issues('  - issue: 1\n    caution: ""'), 'p:4:14: issues.0.caution: must not be empty'],
  ['repository: a/b\nbase: --upload-pack=x\nissues: [{issue: 1}]', 'p:2:7: base: is not a name'],
  ['a: *b', 'p'],
  ['a: [', 'p:'],
] as const)('%j is refused', ([text, line]) => {
  expect(problems(text)[0]?.startsWith(line), problems(text).join('\n')).toBe(true);
});

test('text of a plan is data', () => {
  const hostile = '"$(touch /tmp/x) `id` \\u0000 {{a}} --upload-pack=x"';
  const plan = parsePlan(issues(`  - issue: 1\n    caution: ${hostile}`), 'p');
  expect(plan.issues[0]?.caution).toBe('$(touch /tmp/x) `id` \u0000 {{a}} --upload-pack=x');
});

test('what is no file is said so', async () => {
  const root = temporaryDirectory();
  mkdirSync(join(root, 'dir.yaml'));
  writeFileSync(join(root, 'big.yaml'), '#'.repeat(9 * 1024 * 1024));
  await expect(readPlanFile(join(root, 'none.yaml'))).rejects.toThrow('there is no plan at');
  await expect(readPlanFile(join(root, 'dir.yaml'))).rejects.toThrow('it is not a regular file');
  await expect(readPlanFile(join(root, 'big.yaml'))).rejects.toThrow('more than 8192 KB');
});

test('an issue may name its agent, of those there are', () => {
  const text = issues(
    '  - {issue: 1, agent: fast}\n  - {issue: 2, agent: codex}\n  - {issue: 3}\n',
  );
  const agents = Config.parse({ agents: { fast: { model: 'haiku' } } });
  const { issues: read } = toPlan(parsePlan(text, 'p', agents));
  expect(read.map(({ agent }) => agent)).toEqual(['fast', 'codex', undefined]);
  expect(() => parsePlan(text.replace('fast', 'slow'), 'p', agents)).toThrow(
    'p:3:23: there is no agent slow: there are fast, claude, codex, acp, command',
  );
  expect(problems(text.replace('fast', '"-x"'))).toEqual([
    expect.stringContaining('p:3:23: issues.0.agent: use letters'),
  ]);
});
