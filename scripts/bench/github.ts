import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { createGitHub } from '../../src/github/api/client.ts';
import { pollInterval } from '../../src/github/api/poll-interval.ts';
import { createWatcher } from '../../src/github/watcher/watcher.ts';
import { registerWatch } from '../../src/github/watcher/watches.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { git } from '../../test/support/github-emulator/git.ts';
import { type Emulator, startGitHubEmulator } from '../../test/support/github-emulator/index.ts';
import { createSampleRepository } from '../../test/support/sample/repository.ts';

/** Watched pull requests. */
const SIZES = [1, 10, 50, 200];

/** Seconds between rounds, as when nothing is configured. */
const INTERVAL = 30;

/** Rounds that are measured, after the first, which reads what was said. */
const ROUNDS = 5;

const LIMIT = 5_000;
const HOUR = 3_600;
const DAY = 24 * HOUR * 1_000;

const REPOSITORY = RepositoryName.parse('acme/app');
const TOKEN = 'bench';

/**
 * What watching costs when nothing changes, against the emulated GitHub, which charges as GitHub says it does; beside a
 * poller that asks for each pull request, its checks and its comments every 30 seconds.
 */
export async function github(): Promise<void> {
  console.log(
    '| pull requests | requests/h | points/h | of the limit | per pull request and hour | after a quiet hour | three requests each, requests/h | of the limit |',
  );
  console.log('| --: | --: | --: | --: | --: | --: | --: | --: |');
  for (const size of SIZES) console.log(await measure(size));
}

async function measure(size: number): Promise<string> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'coppice-bench-')));
  const emulator = await startGitHubEmulator({ root: join(root, 'bare'), token: TOKEN });
  try {
    const pulls = await openPulls(emulator, root, size);
    const { requests, points } = await watchRounds(emulator, join(root, 'home'), pulls);
    const rounds = HOUR / INTERVAL;
    const naive = (await askNaively(emulator, pulls)) * rounds;
    const idle = pollInterval({
      ...{ base: INTERVAL, quiet: DAY, checksRun: false, rateLimit: null, cost: points, now: 0 },
    });
    const quiet = ((points * HOUR * 1_000) / idle).toFixed(0);
    return `| ${[
      ...[size, requests * rounds, points * rounds, share(points * rounds)],
      ...[`${((requests * rounds) / size).toFixed(1)} requests`, `${quiet} points/h`],
      ...[naive, share(naive)],
    ].join(' | ')} |`;
  } finally {
    await emulator.close();
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

const share = (used: number): string => `${((100 * used) / LIMIT).toFixed(1)} %`;

interface Opened {
  readonly issue: number;
  readonly pullRequest: number;
  readonly headSha: string;
}

/** Pull requests, each with a comment and ten checks. */
async function openPulls(emulator: Emulator, root: string, size: number): Promise<Opened[]> {
  const from = join(root, 'sample');
  await createSampleRepository(from);
  await emulator.addRepository({ owner: 'acme', name: 'app', from });
  const directory = emulator.directory(REPOSITORY);
  const opened: Opened[] = [];
  for (let n = 0; n < size; n += 1) {
    const issue = emulator.addIssue(REPOSITORY, { title: `Issue ${n}`, body: 'As said.' });
    const branch = `issue-${issue}`;
    await git(directory, 'branch', branch, 'main');
    const headSha = await emulator.push(REPOSITORY, {
      ...{ branch, author: 'person', path: `${branch}.txt`, text: branch },
    });
    const { number } = (await ask(emulator, 'POST', '/pulls', {
      ...{ head: branch, base: 'main', title: branch },
    })) as { number: number };
    emulator.comment(REPOSITORY, number, { author: 'person', body: 'Thanks' });
    for (let check = 0; check < 10; check += 1)
      emulator.check(REPOSITORY, headSha, { name: `check ${check}`, conclusion: 'success' });
    opened.push({ issue, pullRequest: number, headSha });
  }
  return opened;
}

/** @returns requests and points of one round in which nothing has changed */
async function watchRounds(emulator: Emulator, home: string, pulls: readonly Opened[]) {
  const at = coppiceHome({ COPPICE_HOME: home });
  for (const { issue, pullRequest } of pulls)
    await registerWatch(at, {
      ...{ workflowId: `issue-${issue}`, repository: REPOSITORY, issue, pullRequest },
    });
  const octokit = createGitHub({ apiUrl: emulator.apiUrl, tokens: async () => TOKEN });
  const { promise: done, resolve: finish } = Promise.withResolvers<void>();
  const used = () => ({
    requests: emulator.requests.length,
    points: emulator.rateLimit.used.graphql + emulator.rateLimit.used.core,
  });
  let rounds = 0;
  let before = used();
  let after = before;
  const watcher = createWatcher({
    home: at,
    interval: 0.001,
    deliver: async () => 'delivered',
    log: console.error,
    github: {
      readFeedback: octokit.readFeedback,
      async readPolls(repository, watched) {
        if (rounds === 1) before = used();
        if (rounds === ROUNDS + 1) {
          after = used();
          finish();
        }
        rounds += 1;
        return octokit.readPolls(repository, watched);
      },
    },
  });
  watcher.start();
  await done;
  await watcher.stop();
  return {
    requests: (after.requests - before.requests) / ROUNDS,
    points: (after.points - before.points) / ROUNDS,
  };
}

/** @returns what a round of a poller without ETags costs */
async function askNaively(emulator: Emulator, pulls: readonly Opened[]): Promise<number> {
  const before = emulator.rateLimit.used.core;
  for (const { pullRequest, headSha } of pulls) {
    await ask(emulator, 'GET', `/pulls/${pullRequest}`);
    await ask(emulator, 'GET', `/commits/${headSha}/check-runs`);
    await ask(emulator, 'GET', `/issues/${pullRequest}/comments`);
  }
  return emulator.rateLimit.used.core - before;
}

async function ask(emulator: Emulator, method: string, path: string, body?: object) {
  const response = await fetch(`${emulator.apiUrl}/repos/${REPOSITORY}${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  return response.json();
}
