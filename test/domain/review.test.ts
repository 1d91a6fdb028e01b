import { describe, expect, test } from 'vitest';
import { type Check, checkResult, summariseChecks } from '../../src/domain/checks.ts';
import { newFeedbackState } from '../../src/domain/feedback-state.ts';
import type { PullRequestSnapshot } from '../../src/domain/pull-request.ts';
import { demandOf } from '../../src/domain/review.ts';

const check = (name: string, result: Check['result']): Check => ({
  ...{ name, result, runId: null, url: '' },
});

const pull = (...checks: Check[]): PullRequestSnapshot => ({
  ...{ number: 1, url: 'u', state: 'open', merged: false, draft: true, headSha: 'a', base: 'main' },
  ...{ mergeable: 'yes', checks: summariseChecks(checks) },
});

const green = pull(check('unit', 'passed'));
const feedback = newFeedbackState();
const comment = {
  ...{
    id: 'comment:1',
    node: 'IC_1',
    kind: 'comment' as const,
    onIssue: false,
    author: 'ann',
    bot: false,
  },
  ...{ mayWrite: true, text: 'x', url: '', at: '', path: null, line: null, thread: null },
};

describe('what a pull request asks of its session', () => {
  test('people come before checks', () => {
    const both = { ...feedback, pending: [comment] };
    expect(demandOf(pull(check('unit', 'failed')), both)).toEqual({ do: 'answer' });
  });

  test('an edited issue is for the agent, a closed one for the person, once', () => {
    expect(demandOf(green, { ...feedback, issueEdited: true })).toEqual({ do: 'answer' });
    const closed = { ...feedback, issue: { state: 'closed' as const, title: '', digest: '' } };
    expect(demandOf(green, closed)).toEqual({ do: 'ask-about-issue', state: 'closed' });
    expect(demandOf(green, { ...closed, closedAsked: true })).toEqual({ do: 'make-ready' });
  });

  test('nothing is decided while a check runs', () => {
    const checks = [check('unit', 'failed'), check('e2e', 'pending')];
    expect(demandOf(pull(...checks), feedback)).toEqual({
      do: 'wait',
      activity: 'waits for 1 of 2 checks',
      ready: false,
    });
  });

  test('broken checks are run again before failed ones are looked at, and only once for a head', () => {
    const checks = [check('e2e', 'broken'), check('unit', 'failed')];
    expect(demandOf(pull(...checks), feedback)).toMatchObject({ do: 'rerun', checks: [checks[0]] });
    const rerun = { ...feedback, rerun: ['a e2e'] };
    expect(demandOf(pull(...checks), rerun)).toMatchObject({ do: 'examine', checks: [checks[1]] });
    expect(demandOf({ ...pull(...checks), headSha: 'b' }, rerun).do).toBe('rerun');
  });

  test('a failure is looked at once for each head, and again when another joins it', () => {
    const examined = {
      headSha: 'a',
      names: ['unit'],
      note: 'fails on main too: unit',
      theirs: false,
    };
    const failed = { ...pull(check('unit', 'failed')), draft: false };
    expect(demandOf(failed, { ...feedback, examined, ready: true })).toEqual({
      do: 'wait',
      activity: 'waits for review; fails on main too: unit',
      ready: true,
    });
    const more = pull(check('unit', 'failed'), check('lint', 'failed'));
    expect(demandOf(more, { ...feedback, examined }).do).toBe('examine');
    expect(demandOf({ ...failed, headSha: 'b' }, { ...feedback, examined }).do).toBe('examine');
  });

  test('a draft is not made ready over checks that fail on somebody else’s commit', () => {
    const examined = { headSha: 'a', names: ['unit'], note: 'stands back', theirs: true };
    expect(demandOf(pull(check('unit', 'failed')), { ...feedback, examined })).toEqual({
      do: 'wait',
      activity: 'stands back',
      ready: false,
    });
  });

  test('without any check it waits for them to begin, once for each head', () => {
    expect(demandOf(pull(), feedback)).toEqual({ do: 'expect-checks' });
    expect(demandOf(pull(), { ...feedback, unchecked: 'a' })).toEqual({ do: 'make-ready' });
  });

  test('what asks for a person is shown, and holds nothing up', () => {
    const deploy = pull(check('deploy', checkResult('action_required')));
    expect(demandOf(deploy, { ...feedback, ready: true })).toMatchObject({
      activity: 'a person made it a draft again; waits; to look at: deploy',
    });
    expect(demandOf(deploy, feedback)).toEqual({ do: 'make-ready' });
  });
});

test('conclusions GitHub may add one day are shown, not acted on', () => {
  expect(checkResult('SUCCESS')).toBe('passed');
  expect(checkResult(null)).toBe('pending');
  expect(checkResult('reticulated')).toBe('other');
});

test('of many failures some are carried, and all are counted', () => {
  const many = Array.from({ length: 300 }, (_, index) => check(`c${index}`, 'failed'));
  expect(summariseChecks(many)).toMatchObject({ total: 300, pending: 0 });
  expect(summariseChecks(many).troubled).toHaveLength(50);
});
