import { expect, test } from 'vitest';
import { ACME, connect, githubFixture } from '../../support/github-fixture.ts';

async function row(hasStacks = true) {
  const fixture = await githubFixture({ hasStacks });
  const github = connect(fixture);
  for (const [head, base] of [
    ['issue-1', 'main'],
    ['issue-2', 'issue-1'],
    ['issue-3', 'issue-2'],
  ] as const) {
    await fixture.pushBranch(head, { from: base === 'main' ? 'origin/main' : base });
    await github.ensurePullRequest(ACME, { head, base, title: head, body: '', marker: head });
  }
  const registered = () => fixture.emulator.stacks(ACME).map(({ pulls }) => pulls);
  return { ...fixture, github, registered };
}

test('a row is registered, grows, and is left alone when there is nothing to add', async () => {
  const { github, registered, emulator } = await row();
  expect(await github.registerStack(ACME, [1, 2])).toBe(true);
  expect(registered()).toEqual([[1, 2]]);
  await github.registerStack(ACME, [1, 2, 3]);
  expect(registered()).toEqual([[1, 2, 3]]);
  const writes = () => emulator.requests.filter(({ method }) => method === 'POST').length;
  const before = writes();
  await github.registerStack(ACME, [1, 2, 3]);
  emulator.closePullRequest(ACME, 1);
  await github.registerStack(ACME, [2, 3]);
  expect(writes()).toBe(before);
});

test('a stack that a person arranged otherwise stays', async () => {
  const { github, registered } = await row();
  await github.registerStack(ACME, [2, 3]);
  expect(await github.registerStack(ACME, [1, 2, 3])).toBe(true);
  expect(registered()).toEqual([[2, 3]]);
});

test('a repository without stacks says so', async () => {
  const { github } = await row(false);
  expect(await github.registerStack(ACME, [1, 2])).toBe(false);
});
