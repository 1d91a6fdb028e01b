import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { migrate } from '../../../src/domain/session/migrate.ts';
import { toRecord } from '../../../src/domain/session/projections.ts';
import { newSession } from '../../../src/domain/session/state.ts';
import { statusOf } from '../../../src/domain/session/status.ts';
import { RepositoryName } from '../../../src/domain/shared/repository.ts';

/** States as earlier versions handed them on, by the version of their shape. None is changed; new ones are added. */
const directory = new URL('./states/', import.meta.url);
const stateOf = (file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(file, directory), 'utf8'));

const read = (carried: unknown) => {
  const result = migrate(carried);
  if ('problem' in result) throw new Error(result.problem);
  return result.state;
};

test.each(readdirSync(directory))('the state %s of an earlier version is read', (file) => {
  const state = read(stateOf(file));
  expect(statusOf(state)).toBe('complete');
  expect(state).toMatchObject({
    phase: 'review',
    base: { branch: 'main', tip: 'abc' },
    plan: { text: 'the plan', awaitsApproval: false },
    report: { summary: 'did it', tests: 'npm test' },
    publication: { described: 'd' },
    pullRequest: { number: 7, headSha: 'def' },
  });
});

test('a state of the first shape gets one list of guidance, and sums for the turns that it does not list', () => {
  const state = read(stateOf('1.json'));
  expect(state.guidance).toMatchObject([
    { text: 'first', deliveredAt: '2026-11-30T12:00:00.000Z' },
    { text: 'second', receivedAt: '2026-11-30T12:00:00.000Z', deliveredAt: null },
  ]);
  expect(state.conversation).toEqual({
    id: '11111111-1111-4111-8111-111111111111',
    adapter: 'claude',
  });
  expect(state.failures).toEqual({ last: null, nudged: false, corrected: false });
  expect(toRecord(state)).toMatchObject({
    costUsd: 1.5,
    tokens: { input: 30, output: 15 },
    unpriced: { input: 10, output: 5 },
    turns: 3,
  });
});

test('a state of the second shape gets the present names, and a cancelled session stays cancelled', () => {
  const second = stateOf('2.json');
  expect(read(second)).toMatchObject({
    next: { kind: 'feedback', context: 'what a reviewer said' },
    openQuestion: { notified: true },
    feedback: { askedChecks: { turnContext: 'unit is red' } },
    ready: true,
    pendingNotices: [{ issue: 5, event: 'merged' }],
    registration: { settings: { pullRequests: { yieldTo: 60 } } },
  });
  expect(statusOf(read({ ...second, status: 'cancelled' }))).toBe('cancelled');
});

test('former names of fields become the present ones and keep their values', () => {
  const second = stateOf('2.json') as {
    registration: { settings: { policy: { attempts: { ci: number; review: number } } } };
    feedback: Record<string, unknown>;
    conflict: unknown;
  };
  second.registration.settings.policy.attempts = { ci: 7, review: 8 };
  Object.assign(second.feedback, {
    heard: ['comment:1'],
    examined: { headSha: 'def', note: 'n', theirs: true, attempts: ['unit 1'], mended: true },
  });
  const question = { decision: 'Which?', options: [], context: '', asksFor: 'resolution' };
  second.conflict = {
    ...{ activity: 'moves', resolved: false, said: 'tried', mayAttempt: true },
    ...{ attempting: ['it conflicts'], asked: question },
  };
  expect(read(second)).toMatchObject({
    openQuestion: { guidanceBefore: 0 },
    earlier: { turns: 2, counted: 1 },
    registration: { settings: { policy: { turnLimits: { ci: 7, review: 8 } } } },
    feedback: {
      seen: ['comment:1'],
      examined: { pushedByOthers: true, runAttempts: ['unit 1'], fixedOnBase: true },
      askedChecks: { runAttempts: ['unit 1'] },
    },
    conflict: {
      ...{ agentReport: 'tried', agentMayTry: true, turnContext: ['it conflicts'] },
      agentQuestion: question,
    },
  });
});

test('a field that an earlier version did not have gets its default', () => {
  const { refused, spending, earlier, conflict, attached, ...older } = stateOf('1.json');
  expect([refused, spending, earlier, conflict, attached]).not.toContain(undefined);
  expect(read(older)).toMatchObject({
    refused: [],
    spending: [],
    earlier: { turns: 0, counted: 0 },
    conflict: null,
    attached: null,
  });
});

test('unknown fields are left out', () => {
  const state = stateOf('1.json');
  const { registration } = state as { registration: { settings: { policy: object } } };
  Object.assign(registration.settings.policy, { abolished: true });
  const { registration: now } = read({ ...state, forgotten: 1 });
  expect(now?.settings.policy).not.toHaveProperty('abolished');
  expect(now?.settings.policy.turns).toBe(30);
});

test('a state is read as it was written', () => {
  const input = { repository: RepositoryName.parse('acme/app'), issue: 124 };
  const state = newSession(input, new Date().toISOString());
  expect(read(JSON.parse(JSON.stringify(state)))).toEqual(state);
});

test.each([[null], [{}], [{ ...stateOf('1.json'), phase: 'sleeping' }]])(
  'what is no state says what is wrong with it',
  (carried) => {
    expect(migrate(carried)).toMatchObject({ problem: expect.stringContaining('✖') });
  },
);
