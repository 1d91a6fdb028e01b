import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { marksOfAgentIn } from '../../src/agents/turn/occupancy.ts';
import { toDetail } from '../../src/domain/session/projections.ts';
import { newSession } from '../../src/domain/session/state.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { readWatches, registerWatch } from '../../src/github/watcher/watches.ts';
import { coppiceHome } from '../../src/state/home.ts';
import {
  readDetail,
  readOwnership,
  saveDetail,
  saveOwnership,
} from '../../src/state/session-store.ts';
import { cleanUpCancelled } from '../../src/worker/clean-up-cancelled.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const APP = RepositoryName.parse('acme/app');

test('a host that comes back clears up after sessions that were cancelled meanwhile, and no others', async () => {
  const root = temporaryDirectory('home');
  const home = coppiceHome({ COPPICE_HOME: root });
  const now = new Date().toISOString();
  const agents = new Map<number, ReturnType<typeof spawn>>();
  for (const issue of [1, 2]) {
    const worktree = `${root}/app-issue-${issue}`;
    mkdirSync(worktree);
    const location = {
      ...{ repository: APP, issue, hostId: 'h', remote: 'origin' },
      ...{ checkout: `${root}/app`, worktree, branch: `issue-${issue}` },
    };
    const workflowId = `coppice/acme/app/issues/${issue}`;
    const base = { branch: 'main', tip: 'x' };
    await saveOwnership(home, { workflowId, location, base, createdAt: now, ready: true });
    await saveDetail(home, toDetail(newSession({ repository: APP, issue }, now)), now);
    await registerWatch(home, { workflowId, repository: APP, issue, pullRequest: 7 });
    const env = { ...process.env, ...marksOfAgentIn(worktree) };
    const agent = spawn('sleep', ['600'], { env, detached: true, stdio: 'ignore' });
    agents.set(issue, agent);
    onTestFinished(() => {
      agent.kill('SIGKILL');
    });
  }
  const ended = once(agents.get(1) as ReturnType<typeof spawn>, 'exit');
  const log: string[] = [];
  await cleanUpCancelled({
    ...{ home, grace: 1_000, log: (line) => log.push(line) },
    wasCancelled: async (workflowId) => workflowId.endsWith('/1'),
  });
  await ended;
  expect(agents.get(2)?.exitCode).toBeNull();
  expect((await readWatches(home)).watches.map(({ issue }) => issue)).toEqual([2]);
  const statuses = await Promise.all(
    [1, 2].map(async (issue) => (await readDetail(home, APP, issue))?.detail.record.status),
  );
  expect(statuses).toEqual(['cancelled', 'registered']);
  expect(await readOwnership(home, APP, 1)).toBeDefined();
  expect(log).toEqual(['cleared up after acme/app#1, which was cancelled meanwhile']);
});
