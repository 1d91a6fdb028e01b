import { expect, test } from 'vitest';
import { type BodyParts, pullRequestBody } from '../../../src/domain/pull-request/body.ts';
import {
  managedSection,
  withManagedSection,
} from '../../../src/domain/pull-request/managed-section.ts';

const parts: BodyParts = {
  summary: 'Adds SSO.',
  tests: 'node --test',
  decisions: [{ decision: 'Which expiry?', guidance: 'sliding' }],
  plan: 'First tests,\n\nthen code.',
  parent: { issue: 126, branch: 'issue-126', pullRequestUrl: 'https://github.test/pull/9' },
  stack: [
    { issue: 126, after: [], pullRequest: 9, state: 'open' },
    { issue: 127, after: [126], pullRequest: null, state: 'in work' },
  ],
};

test('a body tells what was done, what it closes, who decided what, and what it stands on', () => {
  expect(pullRequestBody(127, parts)).toBe(`Adds SSO.

Closes #127

### How it was tested

node --test

### Decisions

- Which expiry?
  > sliding

### Stack

On top of #126 (https://github.test/pull/9); review and merge that one first.

#126 ← **#127**

| issue | pull request | on top of | state |
| --- | --- | --- | --- |
| #126 | #9 |  | open |
| **#127** |  | #126 | in work |

Review and merge from the top of the table down.

<details>
<summary>Plan</summary>

First tests,

then code.

</details>`);
});

test('what there is nothing to say of has no heading', () => {
  const bare = { summary: 'Did it.', tests: '', decisions: [], plan: '', parent: null, stack: [] };
  expect(pullRequestBody(1, bare)).toBe('Did it.\n\nCloses #1');
});

test('Coppice’s part is replaced, and what people wrote around it stays', () => {
  const body = `Mine, above.\n\n${managedSection('old')}\n\nMine, below.`;
  expect(withManagedSection(body, 'new')).toBe(
    `Mine, above.\n\n${managedSection('new')}\n\nMine, below.`,
  );
});

test('line ends of GitHub’s editor are no change', () => {
  const body = managedSection('one\n\ntwo').replaceAll('\n', '\r\n');
  expect(withManagedSection(body, 'new')).toBe(managedSection('new'));
});

test.each([
  ['changed Coppice’s part', managedSection('old').replace('old', 'old, and more')],
  ['removed it', 'Nothing of Coppice’s.'],
  ['removed its end', managedSection('old').replace('<!-- coppice:end -->', '')],
])('when people %s, nothing is written', (_, body) => {
  expect(withManagedSection(body, 'new')).toBe(body);
});

test('content of any length keeps its end, and can be replaced', () => {
  const long = managedSection(`${'x'.repeat(55_999)}😀 and more`);
  expect(long.length).toBeLessThan(60_000);
  expect(withManagedSection(long, 'new')).toBe(managedSection('new'));
});

test('what to know before a merge stands above how it was tested', () => {
  const body = pullRequestBody(127, { ...parts, cautions: ['It changes CI.', 'It closes `#9`.'] });
  expect(body).toContain(
    'Closes #127\n\n### Before you merge\n\n- It changes CI.\n- It closes `#9`.\n\n### How it was tested',
  );
});
