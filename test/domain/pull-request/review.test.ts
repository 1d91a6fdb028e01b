import { describe, expect, test } from 'vitest';
import {
  type Check,
  checkResult,
  summariseChecks,
} from '../../../src/domain/pull-request/checks.ts';
import {
  type FeedbackState,
  newFeedbackState,
} from '../../../src/domain/pull-request/feedback-state.ts';
import type { PullRequestSnapshot } from '../../../src/domain/pull-request/pull-request.ts';
import * as review from '../../../src/domain/pull-request/review.ts';

const NOON = Date.parse('2026-01-08T12:00:00Z');

/** @param minutes after noon */
const nextActionOf = (pull: PullRequestSnapshot, feedback: FeedbackState, minutes = 0) =>
  review.nextActionOf(pull, feedback, { now: NOON + minutes * 60_000, limit: 3_600 });

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
    expect(nextActionOf(pull(check('unit', 'failed')), both)).toEqual({ do: 'answer' });
  });

  test('an edited issue is for the agent, a closed one for the person, once', () => {
    expect(nextActionOf(green, { ...feedback, issueEdited: true })).toEqual({ do: 'answer' });
    const closed = { ...feedback, issue: { state: 'closed' as const, title: '', digest: '' } };
    expect(nextActionOf(green, closed)).toEqual({ do: 'ask-about-issue', state: 'closed' });
    expect(nextActionOf(green, { ...closed, closedAsked: true })).toEqual({ do: 'make-ready' });
  });

  test('nothing is decided while a check runs', () => {
    const checks = [check('unit', 'failed'), check('e2e', 'pending')];
    expect(nextActionOf(pull(...checks), feedback)).toEqual({
      do: 'wait',
      activity: 'waits for 1 of 2 checks',
      ready: false,
    });
  });

  test('broken checks are run again before failed ones are looked at, and only once for a head', () => {
    const checks = [check('e2e', 'infrastructureFailure'), check('unit', 'failed')];
    expect(nextActionOf(pull(...checks), feedback)).toMatchObject({
      do: 'rerun',
      checks: [checks[0]],
    });
    const rerun = { ...feedback, rerun: ['a e2e'] };
    expect(nextActionOf(pull(...checks), rerun)).toMatchObject({
      do: 'examine',
      checks: [checks[1]],
    });
    expect(nextActionOf({ ...pull(...checks), headSha: 'b' }, rerun).do).toBe('rerun');
  });

  test('a failure is looked at once for each head, and again when another joins it', () => {
    const examined = {
      headSha: 'a',
      names: ['unit'],
      note: 'fails on main too: unit',
      theirs: false,
      at: '2026-01-08T12:00:00Z',
    };
    const failed = { ...pull(check('unit', 'failed')), draft: false };
    expect(nextActionOf(failed, { ...feedback, examined, ready: true })).toEqual({
      do: 'wait',
      activity: 'waits for review; fails on main too: unit',
      ready: true,
    });
    const more = pull(check('unit', 'failed'), check('lint', 'failed'));
    expect(nextActionOf(more, { ...feedback, examined }).do).toBe('examine');
    expect(nextActionOf({ ...failed, headSha: 'b' }, { ...feedback, examined }).do).toBe('examine');
  });

  test('checks that fail on somebody else’s commit are theirs for a time, then they are looked at', () => {
    const at = '2026-01-08T12:00:00Z';
    const examined = { headSha: 'a', names: ['unit'], note: 'stands back', theirs: true, at };
    const failed = pull(check('unit', 'failed'));
    const wait = { do: 'wait', activity: 'stands back', ready: false, until: NOON + 3_600_000 };
    expect(nextActionOf(failed, { ...feedback, examined }, 59)).toEqual(wait);
    expect(nextActionOf(failed, { ...feedback, examined, pending: [comment] }, 59)).toEqual(wait);
    expect(nextActionOf(failed, { ...feedback, examined }, 60)).toMatchObject({
      do: 'examine',
      anyway: true,
    });
    expect(nextActionOf({ ...failed, headSha: 'b' }, { ...feedback, examined })).toMatchObject({
      do: 'examine',
      anyway: false,
    });
    expect(nextActionOf(green, { ...feedback, examined })).toEqual({ do: 'make-ready' });
  });

  test('who says that they repair it is left to it: for a time, until they push, or are done', () => {
    const fixer = { author: 'ann', url: 'u', at: '2026-01-08T12:00:00Z', headSha: 'a' };
    const failed = pull(check('unit', 'failed'));
    const wait = {
      do: 'wait',
      activity: 'waits: @ann is repairing it (u)',
      until: NOON + 3_600_000,
    };
    const repaired = { ...feedback, fixer, pending: [comment], ready: true };
    expect(nextActionOf(failed, repaired, 59)).toEqual({ ...wait, ready: false });
    expect(nextActionOf(green, { ...feedback, fixer, ready: true })).toEqual({
      ...wait,
      ready: true,
    });
    expect(nextActionOf(green, { ...feedback, fixer })).toEqual({ ...wait, ready: false });
    expect(nextActionOf(failed, repaired, 60)).toEqual({ do: 'answer' });
    expect(nextActionOf({ ...failed, headSha: 'b' }, repaired)).toEqual({ do: 'answer' });
    expect(nextActionOf(failed, { ...repaired, fixer: null })).toEqual({ do: 'answer' });
  });

  test('without any check it waits for them to begin, once for each head', () => {
    expect(nextActionOf(pull(), feedback)).toEqual({ do: 'expect-checks' });
    expect(nextActionOf(pull(), { ...feedback, unchecked: 'a' })).toEqual({ do: 'make-ready' });
  });

  test('what asks for a person is shown, and holds nothing up', () => {
    const deploy = pull(check('deploy', checkResult('action_required')));
    expect(nextActionOf(deploy, { ...feedback, ready: true })).toMatchObject({
      activity: 'a person made it a draft again; waits; to look at: deploy',
    });
    expect(nextActionOf(deploy, feedback)).toEqual({ do: 'make-ready' });
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
  expect(summariseChecks(many).notPassed).toHaveLength(50);
});
