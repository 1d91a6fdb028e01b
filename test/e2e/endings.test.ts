import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openCoppice } from '../../src/client/open.ts';
import { scriptedAgent } from '../support/agent-setup.ts';
import { coppiceUp } from '../support/coppice-up.ts';
import type { Environment } from '../support/environment.ts';
import { git } from '../support/github-emulator/git.ts';
import { TOKEN_REFRESH_GUIDANCE } from '../support/sample/issues.ts';

/** Long enough for agents to do their work on a busy machine, in milliseconds. */
const PATIENCE = 180_000;

const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: PATIENCE, interval: 300 });

async function setScene() {
  const environment = await coppiceUp('endings', {
    questions: ['#124: Token refresh approach'],
    agent: scriptedAgent({ SCRIPTED_AGENT_DELAY: '0' }),
    config: { policy: { planning: 'never' } },
    ci: { name: 'test', command: ['true'] },
  });
  const { repository, emulator, silently } = environment;
  const coppice = await openCoppice(silently);
  onTestFinished(() => coppice.close());
  const pullOf = (issue: number) =>
    emulator.pullRequests(repository).find(({ head }) => head === `issue-${issue}`);
  const statusOf = async (issue: number) =>
    (await coppice.show(repository, issue)).detail.record.status;
  return {
    ...{ ...environment, coppice, pullOf },
    opened: (issue: number) =>
      eventually(() => {
        const pull = pullOf(issue);
        if (!pull) throw new Error(`#${issue} has no pull request`);
        return pull.number;
      }),
    becomes: (issue: number, status: string) =>
      eventually(async () => expect(await statusOf(issue)).toBe(status)),
  };
}

/** Merges a branch into main on a person's machine, and pushes that. */
async function pushMerge({ root, cloneUrl, credentials }: Environment, branch: string) {
  const clone = join(root, 'person');
  await execa({ env: credentials })`git clone --quiet ${cloneUrl} ${clone}`;
  const run = execa({ cwd: clone, env: { ...credentials, ...PERSON } });
  await run`git merge --quiet --no-ff -m ${'By hand'} origin/${branch}`;
  await run`git push --quiet origin main`;
}

const PERSON = {
  ...{ GIT_AUTHOR_NAME: 'Person', GIT_AUTHOR_EMAIL: 'person@example.com' },
  ...{ GIT_COMMITTER_NAME: 'Person', GIT_COMMITTER_EMAIL: 'person@example.com' },
};

test(
  'whatever way a change gets into the base, its session ends merged, once',
  async () => {
    const scene = await setScene();
    const { coppice, emulator, repository, checkout, root, opened, becomes, pullOf } = scene;
    const run = await coppice.startRun({
      ...{ repository, name: 'endings', concurrency: 5 },
      issues: [
        ...[{ issue: 123 }, { issue: 124 }, { issue: 125 }],
        ...[{ issue: 126 }, { issue: 127, after: [126] }],
      ],
    });
    const auto = await opened(125);
    emulator.enableAutoMerge(repository, auto, 'rebase');
    await becomes(124, 'stuck');
    await coppice.guide(repository, 124, TOKEN_REFRESH_GUIDANCE);
    for (const issue of [123, 124, 126, 127]) await becomes(issue, 'complete');

    emulator.enqueue(repository, await opened(123), 'merge');
    await emulator.ciIdle();
    await pushMerge(scene, 'issue-124');
    const stack = [await opened(126), await opened(127)];
    const heads = [126, 127].map((issue) => pullOf(issue)?.headSha);
    await emulator.mergeStack(repository, stack);

    expect((await run.result()).merged.sort()).toEqual([123, 124, 125, 126, 127]);
    const pulls = emulator.pullRequests(repository);
    expect(pulls.map(({ head }) => head).sort()).toEqual(
      [123, 124, 125, 126, 127].map((issue) => `issue-${issue}`),
    );
    expect(pulls.every(({ mergedAt }) => mergedAt !== null)).toBe(true);
    expect([126, 127].map((issue) => pullOf(issue)?.headSha)).toEqual(heads);
    expect(emulator.issues(repository).every(({ state }) => state === 'closed')).toBe(true);
    const commits = await git(emulator.directory(repository), 'log', '--no-merges', '--format=%s');
    for (const subject of [
      'Export reports as CSV (#123)',
      'Refresh tokens in use (#124)',
      'Add dark mode (#125)',
      ...stack.map((number) => `(#${number})`),
    ])
      expect(commits.split(subject), subject).toHaveLength(2);
    // The run is over when it knows of the merges; worktrees go meanwhile.
    const branches = (directory: string) => git(directory, 'branch', '--format=%(refname:short)');
    await eventually(async () => {
      expect(await branches(emulator.directory(repository))).toBe('main');
      expect(await branches(checkout)).toBe('main');
      for (const issue of [123, 124, 125, 126, 127])
        expect(existsSync(join(root, `app-issue-${issue}`))).toBe(false);
    });
    expect(emulator.violations).toEqual([]);
  },
  PATIENCE * 2,
);
