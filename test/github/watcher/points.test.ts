import { expect, onTestFinished, test } from 'vitest';
import { pollInterval } from '../../../src/github/api/poll-interval.ts';
import { createWatcher } from '../../../src/github/watcher/watcher.ts';
import { registerWatch } from '../../../src/github/watcher/watches.ts';
import { coppiceHome } from '../../../src/state/home.ts';
import { eventually } from '../../support/eventually.ts';
import { git } from '../../support/github-emulator/git.ts';
import { ACME, connect, type Fixture, githubFixture } from '../../support/github-fixture.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

/** Opens pull requests whose checks run. @returns their issues and numbers */
async function openPulls({ emulator }: Fixture, count: number) {
  const github = connect({ emulator });
  const directory = emulator.directory(ACME);
  const watched = [];
  for (let n = 0; n < count; n++) {
    const issue = emulator.addIssue(ACME, { title: `Issue ${n}` });
    const head = `issue-${issue}`;
    const sha = await git(directory, 'commit-tree', 'main^{tree}', '-p', 'main', '-m', head);
    await git(directory, 'update-ref', `refs/heads/${head}`, sha);
    const { number: pullRequest } = await github.ensurePullRequest(ACME, {
      ...{ head, base: 'main', title: head, body: '', marker: head },
    });
    emulator.check(ACME, sha, { name: 'unit', conclusion: 'success' });
    emulator.check(ACME, sha, { name: 'slow' });
    watched.push({ issue, pullRequest });
  }
  return watched;
}

test('fifty pull requests cost no more than 130 points an hour', async () => {
  const fixture = await githubFixture();
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('points') });
  for (const { issue, pullRequest } of await openPulls(fixture, 50))
    await registerWatch(home, {
      ...{ workflowId: `session-${issue}`, repository: ACME, issue, pullRequest },
    });
  const github = connect(fixture);
  const { used } = fixture.emulator.rateLimit;
  const atRound: number[] = [];
  const cost: number[] = [];
  const watcher = createWatcher({
    ...{ home, interval: 0.01, deliver: async () => 'delivered', log: () => undefined },
    github: {
      // What was said is read where something has changed, beside the rounds.
      readFeedback: async () => [],
      async readPolls(...of) {
        atRound.push(used.graphql);
        const read = await github.readPolls(...of);
        cost.push(read.rateLimit?.cost ?? Number.NaN);
        return read;
      },
    },
  });
  onTestFinished(() => watcher.stop());
  watcher.start();
  await eventually(() => expect(atRound.length).toBeGreaterThan(2));
  const [first = 0, second = 0, third = 0] = atRound;
  expect([second - first, third - second]).toEqual([cost[0], cost[1]]);
  const busiest = { base: 30, quiet: 0, checksRun: true, rateLimit: null };
  const round = pollInterval({ ...busiest, cost: cost[1] ?? Number.NaN, now: Date.now() });
  expect((3_600_000 / round) * (third - second)).toBeLessThanOrEqual(130);
});
