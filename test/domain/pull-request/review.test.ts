import { describe, expect, test } from 'vitest';
import {
  haveAllPassed,
  newCheckTiming,
  noteChecks,
  noteRerun,
  PERSON_CHECKS,
  pendingChecks,
} from '../../../src/domain/pull-request/check-timing.ts';
import {
  type Check,
  checkResult,
  summariseChecks,
} from '../../../src/domain/pull-request/checks.ts';
import { readyTitle } from '../../../src/domain/pull-request/exceptions.ts';
import {
  type FeedbackState,
  newFeedbackState,
} from '../../../src/domain/pull-request/feedback-state.ts';
import type { PullRequestSnapshot } from '../../../src/domain/pull-request/pull-request.ts';
import {
  type Examined,
  isLimitReached,
  type Repair,
  toExamineAgain,
} from '../../../src/domain/pull-request/repairs.ts';
import * as review from '../../../src/domain/pull-request/review.ts';
import { aCheck } from '../../support/checks.ts';
import { PLACELESS } from '../../support/feedback.ts';

const NOON = Date.parse('2026-01-08T12:00:00Z');

const TIMEOUTS = { settle: 60, pendingLimit: 7_200, personChecks: ['tide', 'cla/*'] };

const NONE = { headSha: 'a', missing: [], at: '2026-01-08T12:00:00Z' };

/** What is to be done about checks that were first seen at noon. @param minutes after noon */
const nextActionOf = (pull: PullRequestSnapshot, feedback: FeedbackState, minutes = 2) => {
  const { required } = feedback.checkTiming;
  const settling = { ...noteChecks(feedback.checkTiming, pull, NOON), required: required ?? NONE };
  return review.nextActionOf(
    pull,
    { ...feedback, checkTiming: settling },
    {
      ...{ now: NOON + minutes * 60_000, limit: 3_600 },
      ...TIMEOUTS,
    },
  );
};

const check = (name: string, result: Check['result']): Check => aCheck(name, result);

const examinedAtNoon = (more: Partial<Examined>): Examined => ({
  ...{ headSha: 'a', runAttempts: ['unit 1'], note: '', pushedByOthers: false },
  ...{ at: '2026-01-08T12:00:00Z', onBase: [], baseSha: 'base', fixedOnBase: false },
  ...more,
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
  ...{ mayWrite: true, text: 'x', url: '', at: '', ...PLACELESS },
};

describe('what a pull request asks of its session', () => {
  test('people come before checks', () => {
    const both = { ...feedback, pending: [comment] };
    expect(nextActionOf(pull(check('unit', 'failed')), both)).toEqual({ do: 'give-feedback' });
  });

  test('an edited issue is for the person, and so is a closed one, once', () => {
    expect(nextActionOf(green, { ...feedback, issueEdited: true })).toEqual({
      do: 'ask-about-edit',
    });
    const closed = { ...feedback, issue: { state: 'closed' as const, title: '', digest: '' } };
    expect(nextActionOf(green, closed)).toEqual({ do: 'ask-about-issue', state: 'closed' });
    expect(nextActionOf(green, { ...closed, closedAsked: true })).toEqual({
      do: 'make-ready',
      exceptions: '',
    });
  });

  test('a failed check is worked while others run, once no other has failed for a time', () => {
    const checks = [check('unit', 'failed'), check('e2e', 'pending')];
    expect(nextActionOf(pull(...checks), feedback, 0.5)).toEqual({
      ...{ do: 'wait', activity: 'waits for 1 of 2 checks', ready: false, unrecorded: true },
      until: NOON + 60_000,
    });
    // When none has failed, there is nothing to look at once no other has for a time.
    const slow = [check('unit', 'passed'), check('e2e', 'pending')];
    expect(nextActionOf(pull(...slow), feedback, 0.5)).toMatchObject({ until: NOON + 7_200_000 });
    expect(nextActionOf(pull(...checks), feedback)).toMatchObject({
      do: 'examine-failures',
      checks: [{ name: 'unit' }],
    });
  });

  test('it is ready when no other check has begun for a time, with each head anew', () => {
    const wait = { do: 'wait', activity: 'waits for more checks to begin', ready: false };
    expect(nextActionOf(green, feedback, 0.5)).toEqual({
      ...{ ...wait, unrecorded: true, until: NOON + 60_000 },
    });
    expect(nextActionOf(green, { ...feedback, ready: true }, 0.5)).toMatchObject(wait);
    expect(nextActionOf(green, feedback).do).toBe('make-ready');
  });

  test('each check that begins is waited for anew, also when it is one that is run again', () => {
    const timing = noteChecks(feedback.checkTiming, green, NOON);
    const later = (...checks: Check[]) => {
      const settling = { ...noteChecks(timing, pull(...checks), NOON + 50_000), required: NONE };
      const timeouts = { settle: 60, pendingLimit: 7_200, personChecks: [], limit: 3_600 };
      return review.nextActionOf(
        pull(...checks),
        { ...feedback, checkTiming: settling },
        { ...timeouts, now: NOON + 70_000 },
      );
    };
    const wait = { do: 'wait', activity: 'waits for more checks to begin', until: NOON + 110_000 };
    expect(later(check('unit', 'passed'), check('e2e', 'passed'))).toMatchObject(wait);
    expect(later(aCheck('unit', 'passed', { runAttempt: 'unit 2' }))).toMatchObject(wait);
    expect(later(check('unit', 'passed'))).toEqual({ do: 'make-ready', exceptions: '' });
    // A failed one is worked once no other has failed, whichever begin.
    expect(later(check('unit', 'failed'), check('e2e', 'pending'))).toMatchObject({
      until: NOON + 110_000,
    });
    const failing = noteChecks(timing, pull(check('unit', 'failed')), NOON);
    const more = pull(check('unit', 'failed'), check('e2e', 'pending'));
    expect(nextActionOf(more, { ...feedback, checkTiming: failing }).do).toBe('examine-failures');
  });

  test('of more pending checks than are listed none is waited for without end', () => {
    const many = Array.from({ length: 60 }, (_, n) => check(`job ${n}`, 'pending'));
    const matrix = pull(check('unit', 'passed'), ...many);
    expect(nextActionOf(matrix, feedback, 119)).toMatchObject({
      ...{ do: 'wait', activity: 'waits for 60 of 61 checks', until: NOON + 7_200_000 },
    });
    const { exceptions } = nextActionOf(matrix, feedback, 120) as { exceptions: string };
    expect(exceptions).toMatch(/^all but: job 0, job 1, job 10, /);
    const timing = noteChecks(feedback.checkTiming, matrix, NOON);
    expect(pendingChecks(matrix.checks, timing, TIMEOUTS, NOON + 7_200_000)).toMatchObject({
      ...{ waitsFor: 0, until: undefined, excused: { 50: '10 more', length: 51 } },
    });
    // One that is listed when others have ended was pending before.
    const fewer = pull(check('unit', 'passed'), ...many.slice(20));
    const then = noteChecks(timing, fewer, NOON + 7_000_000);
    expect(pendingChecks(fewer.checks, then, TIMEOUTS, NOON + 7_200_000).waitsFor).toBe(0);
  });

  test('a check is pending for too long only in one attempt on one head', () => {
    const first = aCheck('build', 'pending', { runAttempt: 'build 1' });
    const second = aCheck('build', 'pending', { runAttempt: 'build 2' });
    const timing = noteChecks(feedback.checkTiming, pull(first), NOON);
    const waitsFor = (head: PullRequestSnapshot) => {
      const then = noteChecks(timing, head, NOON + 7_000_000);
      return pendingChecks(head.checks, then, TIMEOUTS, NOON + 7_200_000).waitsFor;
    };
    expect(waitsFor(pull(first))).toBe(0);
    expect(waitsFor(pull(second))).toBe(1);
    expect(waitsFor({ ...pull(first), headSha: 'b' })).toBe(1);
    // A commit status is reported anew to tell how far it is.
    const status = (runAttempt: string) =>
      pull({ ...first, id: 'status build', runId: null, runAttempt });
    const reported = noteChecks(feedback.checkTiming, status('12:00'), NOON);
    const anew = noteChecks(reported, status('13:50'), NOON + 7_000_000);
    expect(pendingChecks(status('13:50').checks, anew, TIMEOUTS, NOON + 7_200_000).waitsFor).toBe(
      0,
    );
  });

  test('the default names of checks that wait for a person leave out ordinary checks', () => {
    const timeouts = { ...TIMEOUTS, personChecks: PERSON_CHECKS };
    const waitsFor = (name: string) => {
      const head = pull(check(name, 'pending'));
      const timing = noteChecks(feedback.checkTiming, head, NOON);
      return pendingChecks(head.checks, timing, timeouts, NOON).waitsFor;
    };
    const ordinary = ['clang-tidy', 'Clang (debug)', 'classify', 'Merge queue tests', 'tide-tests'];
    expect(
      [...ordinary, 'approvals-tests', 'kodiak-build'].filter((name) => !waitsFor(name)),
    ).toEqual([]);
    const persons = ['license/cla', 'cla/google', 'CLA Assistant Lite', 'CLAssistant', 'EasyCLA'];
    expect([...persons, 'tide', 'DCO', 'code-review/reviewable'].filter(waitsFor)).toEqual([]);
  });

  test('what waits for a person, or is pending for too long, is named and holds nothing up', () => {
    const tide = pull(check('unit', 'passed'), check('tide', 'pending'), check('cla/x', 'pending'));
    expect(nextActionOf(tide, feedback)).toEqual({
      ...{ do: 'make-ready', exceptions: 'all but: cla/x, tide' },
    });
    expect(nextActionOf(tide, { ...feedback, ready: true })).toMatchObject({
      activity: 'a person made it a draft again; waits; all but: cla/x, tide',
    });
    const slow = pull(check('unit', 'passed'), check('e2e', 'pending'));
    expect(nextActionOf(slow, feedback, 119)).toMatchObject({
      do: 'wait',
      until: NOON + 7_200_000,
    });
    expect(nextActionOf(slow, feedback, 120)).toEqual({
      do: 'make-ready',
      exceptions: 'all but: e2e',
    });
    const failed = pull(check('unit', 'failed'), check('tide', 'pending'));
    expect(nextActionOf(failed, feedback, 0.1).do).toBe('examine-failures');
  });

  test('it is ready once the checks that its base requires were reported, or not for too long', () => {
    const requiring = (missing: string[], at: string) => ({
      ...feedback,
      checkTiming: { ...feedback.checkTiming, required: { headSha: 'a', missing, at } },
    });
    const look = noteChecks(feedback.checkTiming, green, NOON);
    const timeouts = { settle: 60, pendingLimit: 7_200, personChecks: [], limit: 3_600 };
    const looking = (ready: boolean) =>
      review.nextActionOf(
        green,
        { ...feedback, checkTiming: look, ready },
        { ...timeouts, now: NOON + 61_000 },
      );
    expect(looking(false)).toEqual({ do: 'make-ready', exceptions: '', readRequired: true });
    expect(looking(true)).toEqual({ do: 'read-required-checks' });
    expect(noteChecks({ ...look, required: NONE }, { ...green, headSha: 'b' }, NOON).required).toBe(
      null,
    );
    const missing = requiring(['e2e'], '2026-01-08T12:00:00Z');
    expect(nextActionOf(green, missing)).toEqual({
      ...{ do: 'wait', activity: 'waits for required checks: e2e', ready: false },
      until: NOON + 300_000,
    });
    expect(nextActionOf(green, missing, 5)).toEqual({
      do: 'make-ready',
      exceptions: '',
      readRequired: true,
    });
    const last = requiring(['e2e'], '2026-01-08T13:59:00Z');
    expect(nextActionOf(green, last, 120)).toEqual({
      do: 'make-ready',
      exceptions: 'all but: e2e',
    });
  });

  test('a person is asked about failed checks as long as they fail', () => {
    const asked = {
      ...{
        headSha: 'a',
        runAttempts: ['unit 1'],
        decision: 'What now?',
        context: '',
        turnContext: '',
      },
    };
    const failed = pull(check('unit', 'failed'));
    const examined = examinedAtNoon({});
    const asking = { ...feedback, askedChecks: asked, examined };
    expect(nextActionOf(failed, asking)).toEqual({ do: 'ask-about-checks' });
    expect(nextActionOf(failed, { ...asking, pending: [comment] }).do).toBe('give-feedback');
    expect(nextActionOf({ ...failed, headSha: 'b' }, asking).do).toBe('examine-failures');
    expect(nextActionOf(pull(check('unit', 'pending')), asking).do).toBe('wait');
    const again = pull(aCheck('unit', 'failed', { runAttempt: 'unit 2' }));
    expect(nextActionOf(again, asking).do).toBe('examine-failures');
  });

  test('what fails on the base too is looked at again when that moves, or after a time', () => {
    const examined = examinedAtNoon({ note: 'fails on main too: unit', onBase: ['ci unit'] });
    const failed = { ...pull(check('unit', 'failed')), baseSha: 'base', draft: false };
    const known = { ...feedback, examined, ready: true };
    expect(nextActionOf(failed, known)).toEqual({
      ...{ do: 'wait', activity: 'waits for review; fails on main too: unit', ready: true },
      until: NOON + 900_000,
    });
    expect(nextActionOf(failed, known, 15).do).toBe('examine-failures');
    expect(nextActionOf({ ...failed, baseSha: 'moved' }, known).do).toBe('examine-failures');
  });

  test('when the base is mended, and nobody runs the check again, the branch moves onto it', () => {
    const examined = examinedAtNoon({ note: 'passes on main again: unit', fixedOnBase: true });
    const failed = pull(check('unit', 'failed'));
    expect(nextActionOf(failed, { ...feedback, examined }, 0.5)).toMatchObject({
      ...{ do: 'wait', activity: 'passes on main again: unit', until: NOON + 60_000 },
    });
    expect(nextActionOf(failed, { ...feedback, examined })).toEqual({ do: 'rebase-onto-base' });
    // The branch has that base already, so the failure is its own.
    expect(nextActionOf(failed, { ...feedback, examined: toExamineAgain(examined) })).toMatchObject(
      { do: 'examine-failures', anyway: false },
    );
  });

  test('broken checks are run again before failed ones are looked at, and only once for a head', () => {
    const checks = [check('e2e', 'infrastructureFailure'), check('unit', 'failed')];
    expect(nextActionOf(pull(...checks), feedback)).toMatchObject({
      do: 'rerun',
      checks: [checks[0]],
    });
    const rerun = { ...feedback, rerun: ['a ci e2e'] };
    expect(nextActionOf(pull(...checks), rerun)).toMatchObject({
      do: 'examine-failures',
      checks: [checks[1]],
    });
    expect(nextActionOf({ ...pull(...checks), headSha: 'b' }, rerun).do).toBe('rerun');
  });

  test('jobs that a failed one of their run cancelled are not run again; the failed one is looked at', () => {
    const job = (name: string, result: Check['result'], workflowRun = 1) =>
      aCheck(name, result, { workflowRun });
    const matrix = [job('unit (1)', 'failed'), job('unit (2)', 'infrastructureFailure')];
    expect(nextActionOf(pull(...matrix), feedback)).toMatchObject({
      do: 'examine-failures',
      checks: [{ name: 'unit (1)' }],
    });
    const other = job('e2e', 'infrastructureFailure', 2);
    expect(nextActionOf(pull(...matrix, other), feedback)).toEqual({
      do: 'rerun',
      checks: [other],
    });
    const examined = examinedAtNoon({
      ...{ note: 'fails on main too: unit (1)', runAttempts: ['unit (1) 1'] },
      onBase: ['ci unit (1)'],
    });
    expect(nextActionOf(pull(...matrix), { ...feedback, examined })).toEqual({
      do: 'make-ready',
      exceptions: 'fails on main too: unit (1); not passed: unit (2)',
    });
  });

  test('a check that was run again is not told as not passed before it has begun, or for too long', () => {
    const former = pull(check('unit', 'passed'), check('e2e', 'infrastructureFailure'));
    const rerun = (ready: boolean) => {
      const run = {
        ...{ ...feedback, ready, rerun: ['a ci e2e'] },
        checkTiming: noteChecks(feedback.checkTiming, former, NOON - 3_600_000),
      };
      noteRerun(run, [check('e2e', 'infrastructureFailure')], new Date(NOON).toISOString());
      return run;
    };
    for (const ready of [false, true])
      expect(nextActionOf(former, rerun(ready), 4.9)).toMatchObject({
        activity: 'waits for checks that are run again to begin',
        ...{ ready, until: NOON + 300_000 },
      });
    expect(nextActionOf(former, rerun(false), 5)).toEqual({
      do: 'make-ready',
      exceptions: 'not passed: e2e',
    });
    // Another attempt has begun. It is waited for as each check that begins.
    const again = pull(
      check('unit', 'passed'),
      aCheck('e2e', 'infrastructureFailure', { runAttempt: 'e2e 2' }),
    );
    expect(nextActionOf(again, rerun(false), 0.9).do).toBe('wait');
    expect(nextActionOf(again, rerun(false), 1).do).toBe('make-ready');
    const failed = pull(check('unit', 'failed'), check('e2e', 'infrastructureFailure'));
    expect(nextActionOf(failed, rerun(false)).do).toBe('examine-failures');
  });

  test('a job is run again once in each workflow run of a head, and in three at most', () => {
    const job = (workflowRun: number) =>
      aCheck('e2e', 'infrastructureFailure', { workflowRun, runAttempt: `${workflowRun}` });
    const rerun = (...runs: number[]) => ({
      ...feedback,
      rerun: runs.map((run) => review.rerunKey({ headSha: 'a' }, job(run))),
    });
    expect(nextActionOf(pull(job(2)), rerun(1)).do).toBe('rerun');
    expect(nextActionOf(pull(job(1)), rerun(1)).do).toBe('make-ready');
    expect(nextActionOf(pull(job(4)), rerun(1, 2, 3)).do).toBe('make-ready');
    expect(nextActionOf(pull(job(1)), { ...feedback, rerun: ['a ci e2e'] }).do).toBe('make-ready');
  });

  test('what ended without a result again is told as not passed, once for each head', () => {
    const hung = pull(check('e2e', 'infrastructureFailure'), check('unit', 'passed'));
    const again = { ...feedback, rerun: ['a ci e2e', 'b ci e2e'] };
    expect(nextActionOf(hung, again)).toEqual({ do: 'make-ready', exceptions: 'not passed: e2e' });
    expect(readyTitle(hung.checks)).toBe('is ready for review, but not all checks passed');
    const ready = { ...again, ready: true };
    expect(nextActionOf(hung, ready)).toEqual({
      do: 'tell-unfinished',
      exceptions: 'not passed: e2e',
    });
    const told = { ...ready, unfinishedTold: 'a' };
    expect(nextActionOf({ ...hung, draft: false }, told)).toEqual({
      ...{ do: 'wait', activity: 'waits for review; not passed: e2e', ready: true },
    });
    expect(nextActionOf({ ...hung, headSha: 'b' }, told).do).toBe('tell-unfinished');
  });

  test('a failure is looked at once for each head, and again when another joins it', () => {
    const examined = examinedAtNoon({ note: 'looked at' });
    const failed = { ...pull(check('unit', 'failed')), draft: false };
    expect(nextActionOf(failed, { ...feedback, examined, ready: true })).toEqual({
      do: 'wait',
      activity: 'waits for review; looked at',
      ready: true,
    });
    const more = pull(check('unit', 'failed'), check('lint', 'failed'));
    expect(nextActionOf(more, { ...feedback, examined }).do).toBe('examine-failures');
    // A turn that changed nothing leaves no note, but what fails is named.
    expect(nextActionOf(failed, { ...feedback, examined: examinedAtNoon({}) })).toEqual({
      ...{ do: 'make-ready', exceptions: 'failed: unit' },
    });
    expect(nextActionOf({ ...failed, headSha: 'b' }, { ...feedback, examined }).do).toBe(
      'examine-failures',
    );
  });

  test('a workflow that a label starts, once it is ready, is waited for and worked like the others', () => {
    const ready = { ...feedback, ready: true };
    const labelled = (result: Check['result']) => ({
      ...pull(check('unit', 'passed'), check('e2e', result)),
      draft: false,
    });
    expect(nextActionOf(labelled('pending'), ready)).toMatchObject({
      ...{ do: 'wait', activity: 'waits for 1 of 2 checks' },
    });
    expect(nextActionOf(labelled('failed'), ready)).toMatchObject({
      ...{ do: 'examine-failures', checks: [{ name: 'e2e' }] },
    });
  });

  test('checks that fail on somebody else’s commit are theirs for a time, then they are looked at', () => {
    const examined = examinedAtNoon({ note: 'stands back', pushedByOthers: true });
    const failed = pull(check('unit', 'failed'));
    const wait = { do: 'wait', activity: 'stands back', ready: false, until: NOON + 3_600_000 };
    expect(nextActionOf(failed, { ...feedback, examined }, 59)).toEqual(wait);
    expect(nextActionOf(failed, { ...feedback, examined, pending: [comment] }, 59)).toEqual(wait);
    expect(nextActionOf(failed, { ...feedback, examined }, 60)).toMatchObject({
      do: 'examine-failures',
      anyway: true,
    });
    expect(nextActionOf({ ...failed, headSha: 'b' }, { ...feedback, examined })).toMatchObject({
      do: 'examine-failures',
      anyway: false,
    });
    expect(nextActionOf(green, { ...feedback, examined })).toEqual({
      do: 'make-ready',
      exceptions: '',
    });
  });

  test.each(['e2e', 'tide'])(
    'checks that fail on somebody else’s commit are theirs also while %s is pending',
    (name) => {
      const examined = examinedAtNoon({ note: 'stands back', pushedByOthers: true });
      const failed = pull(check('unit', 'failed'), check(name, 'pending'));
      const wait = { do: 'wait', activity: 'stands back', ready: false, until: NOON + 3_600_000 };
      expect(nextActionOf(failed, { ...feedback, examined }, 59)).toEqual(wait);
      expect(nextActionOf(failed, { ...feedback, examined, pending: [comment] }, 59)).toEqual(wait);
      // So is one that fails after the first, and it does not prolong their time.
      const more = pull(
        ...[check('unit', 'failed'), check('lint', 'failed'), check(name, 'pending')],
      );
      expect(nextActionOf(more, { ...feedback, examined }, 59)).toEqual(wait);
      expect(nextActionOf(more, { ...feedback, examined }, 60)).toMatchObject({
        ...{ do: 'examine-failures', anyway: true, checks: [{ name: 'lint' }, { name: 'unit' }] },
      });
    },
  );

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
    expect(nextActionOf(failed, repaired, 60)).toEqual({ do: 'give-feedback' });
    expect(nextActionOf({ ...failed, headSha: 'b' }, repaired)).toEqual({ do: 'give-feedback' });
    expect(nextActionOf(failed, { ...repaired, fixer: null })).toEqual({ do: 'give-feedback' });
  });

  test('without any check it waits for them to begin', () => {
    expect(nextActionOf(pull(), feedback, 0.5)).toMatchObject({
      activity: 'waits for its checks to begin',
    });
    expect(nextActionOf(pull(), feedback)).toEqual({ do: 'make-ready', exceptions: '' });
  });

  test('what asks for a person is shown, and holds nothing up', () => {
    const deploy = pull(check('deploy', checkResult('action_required')));
    expect(nextActionOf(deploy, { ...feedback, ready: true })).toMatchObject({
      activity: 'a person made it a draft again; waits; to look at: deploy',
    });
    expect(nextActionOf(deploy, feedback)).toEqual({
      do: 'make-ready',
      exceptions: 'to look at: deploy',
    });
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

test('attempts end when all has passed but what is waited for no longer, or waits for a person', () => {
  const over = (minutes: number, ...checks: Check[]) => {
    const head = pull(check('unit', 'passed'), ...checks);
    const timing = noteChecks(newCheckTiming(), head, NOON);
    return haveAllPassed(head, timing, { ...TIMEOUTS, now: NOON + minutes * 60_000 });
  };
  expect([over(0.5), over(1)]).toEqual([false, true]);
  expect(over(1, check('tide', 'pending'))).toBe(true);
  expect([119, 120].map((at) => over(at, check('e2e', 'pending')))).toEqual([false, true]);
  expect(over(1, check('deploy', 'other'))).toBe(true);
  expect(over(1, check('e2e', 'infrastructureFailure'))).toBe(false);
  expect(over(1, check('e2e', 'failed'), check('tide', 'pending'))).toBe(false);
});

test('attempts are counted for each failure over its heads, and together until all has passed', () => {
  const repair = (headSha: string, name: string, over = false): Repair => ({
    ...{ headSha, key: headSha, failures: [name], ids: [`ci ${name}`], over },
  });
  const unit = [check('unit', 'failed')];
  expect(isLimitReached([], unit, 3)).toBe(false);
  expect(isLimitReached([repair('a', 'unit', true), repair('b', 'unit', true)], unit, 3)).toBe(
    false,
  );
  const thrice = ['a', 'b', 'c'].map((head) => repair(head, 'unit', true));
  expect(isLimitReached(thrice, unit, 3)).toBe(true);
  expect(isLimitReached(thrice, [check('lint', 'failed')], 3)).toBe(false);
  const others = ['a', 'b', 'c'].map((head) => repair(head, `check ${head}`));
  expect(isLimitReached(others, unit, 3)).toBe(true);
  expect(isLimitReached([], unit, 0)).toBe(true);
});
