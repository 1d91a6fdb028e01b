import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTrackerActivities } from '../../src/activities/tracker.ts';
import { toDetail } from '../../src/domain/session/projections.ts';
import { newSession } from '../../src/domain/session/state.ts';
import { readWatches } from '../../src/github/watcher/watches.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { readIssueText } from '../../src/state/issue-text.ts';
import { rememberRepository } from '../../src/state/repositories.ts';
import { saveDetail, saveOwnership } from '../../src/state/session-store.ts';
import { createRepository } from '../support/git-repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';

async function world({ lacking }: { lacking?: string } = {}) {
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('home') });
  const { checkout, location } = createRepository();
  const { repository } = location(124);
  await rememberRepository(home, repository, checkout);
  const issue = { number: 124, title: 'T', body: '', url: 'u', state: 'open', labels: [] } as const;
  const tracker = createTrackerActivities({
    home,
    missingAgent: () => lacking,
    onWatch: () => undefined,
    github: {
      readClock: async () => ({ at: '2026-01-08T12:00:00.000Z', lastComment: 7 }),
      readIssue: async () => ({ ...issue, labels: [], isPullRequest: false }),
      defaultBranch: async () => 'main',
      deleteBranch: async () => {},
      registerStack: async () => false,
    },
  });
  const workflowId = 'coppice/acme/app/issues/124';
  const asked = (agent?: string) =>
    tracker.register({ repository, issue: 124, workflowId, ...(agent !== undefined && { agent }) });
  const register = async (agent?: string) => {
    const found = await asked(agent);
    if ('lacks' in found) throw new Error(found.lacks);
    return found;
  };
  /** An earlier session of the issue, of which this conversation is on record. */
  const earlier = async (conversation: string) => {
    const now = new Date().toISOString();
    const state = newSession({ repository, issue: 124 }, now);
    await saveDetail(
      home,
      toDetail({ ...state, conversation: { id: conversation, adapter: 'claude' } }),
      now,
    );
    const base = { branch: 'main', tip: 'tip' };
    await saveOwnership(home, {
      ...{ workflowId, location: location(124), base, createdAt: now, ready: true },
    });
  };
  return { home, repository, register, asked, earlier, checkout, worktree: location(124).worktree };
}

test('a first session has a conversation of its own', async () => {
  const { register } = await world();
  expect((await register()).conversation).toBeNull();
});

test('the text of the issue is kept on the host, and the issue is watched', async () => {
  const { home, repository, register } = await world();
  expect(await readIssueText(home, repository, 124)).toBeUndefined();
  await register();
  expect(await readIssueText(home, repository, 124)).toEqual({ title: 'T', body: '' });
  expect((await readWatches(home)).watches).toMatchObject([{ issue: 124, pullRequest: null }]);
});

test('a session run again takes up the conversation, as long as its worktree is there', async () => {
  const { register, earlier, worktree } = await world();
  await earlier('former');
  expect((await register()).conversation).toBeNull();
  mkdirSync(worktree);
  expect((await register()).conversation).toBe('former');
});

test('a session has the agent that was asked for, of those that coppice.yaml has', async () => {
  const { register, checkout } = await world();
  writeFileSync(join(checkout, 'coppice.yaml'), 'agents: {fast: {model: haiku}}\n');
  expect((await register()).settings.agent).not.toHaveProperty('model');
  expect((await register('fast')).settings.agent).toMatchObject({ model: 'haiku' });
  expect((await register('codex')).settings.agent).toMatchObject({ adapter: 'codex' });
  await expect(register('slow')).rejects.toMatchObject({
    type: 'InvalidConfig',
    message: expect.stringContaining('there is no agent slow: there are fast, claude'),
  });
});

test('a host without the agent, or without the checkout, says what it lacks and what to do, and fails nothing', async () => {
  const { asked } = await world({ lacking: 'its service finds no program claude' });
  expect(await asked()).toEqual({
    lacks: expect.stringMatching(/^\S+: its service finds no program claude$/),
  });
  const { asked: again, checkout } = await world();
  rmSync(checkout, { recursive: true });
  expect(await again()).toEqual({
    lacks: expect.stringMatching(/^\S+ has no checkout of it any more: run /),
  });
});
