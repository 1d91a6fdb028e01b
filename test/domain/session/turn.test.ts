import { expect, test } from 'vitest';
import {
  askingForTools,
  type Outcome,
  ReportedOutcome,
  verified,
  type Work,
} from '../../../src/domain/session/turn.ts';

const work: Work = {
  branch: 'issue-1',
  head: 'abc',
  commits: 1,
  uncommitted: 0,
  diff: { files: 1, insertions: 1, deletions: 0 },
};
const done: Outcome = { kind: 'done', summary: 'did it' };

test('an outcome of done with commits on the session’s own branch is accepted', () => {
  expect(verified(done, work, 'issue-1')).toEqual(done);
});

test.each([
  ['on another branch', { branch: 'main' }, 'main checked out instead of issue-1'],
  ['on a detached head', { branch: null }, 'no branch checked out'],
  ['without a commit', { commits: 0 }, 'without a commit'],
  [
    'with commits of nothing',
    { diff: { files: 0, insertions: 0, deletions: 0 } },
    'change nothing',
  ],
  ['with uncommitted files', { uncommitted: 2 }, '2 uncommitted file(s)'],
])('done %s is not believed', (_, change, problem) => {
  const outcome = verified(done, { ...work, ...change }, 'issue-1');
  expect(outcome.kind).toBe('invalid');
  expect(outcome).toHaveProperty('problem', expect.stringContaining(problem));
});

test('an outcome of stuck is accepted without a check', () => {
  const stuck: Outcome = { kind: 'stuck', decision: 'which?', options: [], context: '' };
  expect(verified(stuck, { ...work, commits: 0, branch: null }, 'issue-1')).toEqual(stuck);
});

test.each([
  {},
  { kind: 'done' },
  { kind: 'done', summary: '   ' },
  { kind: 'stuck' },
  { kind: 'merged', summary: 'x' },
  { kind: 'usage-limited' },
  { kind: 'done', summary: 'x'.repeat(2_001) },
  { kind: 'stuck', decision: 'x', options: Array(11).fill('y') },
])('%j is not an outcome an agent may report', (report) => {
  expect(ReportedOutcome.safeParse(report).success).toBe(false);
});

const invalid: Outcome = { kind: 'invalid', problem: 'no outcome', tail: '' };

test.each([
  ['Bash(npm test -- --watch)', 'Bash(npm:*)'],
  ['WebFetch(http://127.0.0.1/)', 'WebFetch'],
  ['Write', 'Write'],
])('an agent that was refused %s asks for it, with the rule %s', (denial, rule) => {
  const asked = askingForTools(invalid, [denial, denial]);
  expect(asked).toMatchObject({ kind: 'stuck', decision: `May the agent use ${denial}?` });
  expect(asked).toHaveProperty('options.0.tool', rule);
});

test('an agent with a usable outcome asks for no tool', () => {
  expect(askingForTools(done, ['WebFetch'])).toEqual(done);
  expect(askingForTools(invalid, [])).toEqual(invalid);
});

test('options are plain texts or have consequences, and at most one is recommended', () => {
  const said = ReportedOutcome.parse({
    ...{ kind: 'stuck', decision: 'which?' },
    options: [
      'left',
      { label: 'right', consequence: 'it is longer', recommended: true },
      { label: 'back', recommended: true, effect: 'approve' },
    ],
  });
  expect(said).toMatchObject({
    options: [
      { label: 'left', consequence: '', recommended: false },
      { label: 'right', consequence: 'it is longer', recommended: true },
      { label: 'back', consequence: '', recommended: false },
    ],
  });
  // What choosing one does is not the agent's to say.
  expect(said).not.toHaveProperty('options.2.effect');
});
