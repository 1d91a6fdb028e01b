import { expect, test } from 'vitest';
import type { Graphql } from '../../../src/github/api/graphql.ts';
import { createFeedback } from '../../../src/github/feedback/feedback.ts';
import { ACME } from '../../support/github-fixture.ts';

/** A GitHub on which nothing was said, and these events happened. */
const withEvents = (events: readonly object[]): Graphql => ({
  query: async ({ document, schema }) => {
    const nodes = document.includes('list: timelineItems') ? events : [];
    const list = { pageInfo: { hasNextPage: false, endCursor: null }, nodes };
    return schema.parse({ repository: { item: { list } } });
  },
  mutate: () => Promise.reject(new Error('nothing is written')),
});

test('an assignment to nobody who has a name is none', async () => {
  const event = (id: string, assignee: object | null) => ({
    ...{ __typename: 'AssignedEvent', id, createdAt: '2026-01-08T10:00:00Z', assignee },
    actor: { __typename: 'User', login: 'ann' },
  });
  const events = [event('a', {}), event('b', null), event('c', { login: 'bob' })];
  const { readFeedback } = createFeedback(withEvents(events), async () => true);
  const items = await readFeedback(ACME, { issue: 1, pullRequest: 2 });
  expect(items.map(({ kind, text }) => [kind, text])).toEqual([['assigned', 'bob']]);
});
