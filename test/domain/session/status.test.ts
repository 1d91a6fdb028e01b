import { expect, test } from 'vitest';
import { changeStatusFacts, goTo, newSession } from '../../../src/domain/session/state.ts';
import { type StatusFacts, statusOf } from '../../../src/domain/session/status.ts';
import { RepositoryName } from '../../../src/domain/shared/repository.ts';

const standing = (more: Partial<StatusFacts>): StatusFacts => ({
  ...{ phase: 'register', stuck: null, ready: false, cancelled: false },
  ...more,
});

test.each([
  ['registered', {}],
  ['planning', { phase: 'plan' }],
  ['working', { phase: 'work' }],
  ['working', { phase: 'publish' }],
  ['working', { phase: 'review' }],
  ['complete', { phase: 'review', ready: true }],
  ['complete', { phase: 'ended' }],
  // Once at work again, it is not ready whatever was before.
  ['working', { phase: 'work', ready: true }],
  ['stuck', { phase: 'review', ready: true, stuck: {} }],
  ['cancelled', { phase: 'work', stuck: {}, cancelled: true }],
  ['cancelled', { phase: 'ended', cancelled: true }],
] as const)('a session is %s: %o', (status, more) => {
  expect(statusOf(standing(more))).toBe(status);
});

test('a status counts from the moment at which it changed, whatever caused it', () => {
  const input = { repository: RepositoryName.parse('acme/app'), issue: 124 };
  const state = newSession(input, 'start');
  changeStatusFacts(state, 'later', { ready: false });
  expect(state.since).toBe('start');
  goTo(state, 'works', { kind: 'feedback', context: 'mend it' });
  expect(state).toMatchObject({ phase: 'work', next: { context: 'mend it' }, since: 'works' });
  goTo(state, 'publishes', 'publish');
  expect(state).toMatchObject({ phase: 'publish', next: { context: 'mend it' }, since: 'works' });
  goTo(state, 'reviews', 'review');
  changeStatusFacts(state, 'ready', { ready: true });
  expect(state.since).toBe('ready');
});
