import { expect, test } from 'vitest';
import { createGitHub } from '../../../src/github/api/client.ts';
import { ACME, githubFixture, TOKEN } from '../../support/github-fixture.ts';

async function opened() {
  const { emulator, pushBranch } = await githubFixture();
  await pushBranch('issue-1');
  const github = createGitHub({ apiUrl: emulator.apiUrl, tokens: async () => TOKEN });
  const { number } = await github.ensurePullRequest(ACME, {
    ...{ head: 'issue-1', base: 'main', title: 'One', body: 'Closes #1' },
    marker: 'coppice/acme/app/issues/1',
  });
  const body = () => emulator.pullRequests(ACME)[0]?.body ?? '';
  /** Plays a person who edits the body in the browser. */
  const edit = async (change: (text: string) => string) => {
    const response = await fetch(`${emulator.apiUrl}/repos/acme/app/pulls/${number}`, {
      method: 'PATCH',
      headers: { authorization: `bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ body: change(body()) }),
    });
    expect(response.status).toBe(200);
  };
  const writes = () => emulator.requests.filter(({ method }) => method === 'PATCH').length;
  const describe = (text: string) => github.describe(ACME, number, text);
  return { emulator, number, body, edit, writes, describe };
}

test('the body is brought up to date, and written only when it changes', async () => {
  const { body, writes, describe } = await opened();
  await describe('Closes #1\n\nMore.');
  await describe('Closes #1\n\nMore.');
  expect(body()).toContain('Closes #1\n\nMore.');
  expect(body()).toContain('<!-- coppice: coppice/acme/app/issues/1 -->');
  expect(writes()).toBe(1);
});

test('what a person wrote around Coppice’s part stays, and inside it nothing is written any more', async () => {
  const { body, edit, describe } = await opened();
  await edit((text) => `Reviewers: look here.\r\n\r\n${text.replaceAll('\n', '\r\n')}`);
  await describe('Second.');
  expect(body()).toContain('Reviewers: look here.');
  expect(body()).toContain('Second.');
  await edit((text) => text.replace('Second.', 'Second, as I see it.'));
  const theirs = body();
  await describe('Third.');
  expect(body()).toBe(theirs);
});

test('the text of a pull request that has ended is left as it is', async () => {
  const { emulator, number, body, describe } = await opened();
  emulator.closePullRequest(ACME, number);
  await describe('More.');
  expect(body()).not.toContain('More.');
});
