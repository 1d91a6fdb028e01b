import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openCoppice } from '../../src/client/open.ts';
import { identify } from '../../src/process/identity.ts';
import { members } from '../../src/process/members.ts';
import { down, serviceState, up } from '../../src/service/service.ts';
import { scriptedAgent } from '../support/agent-setup.ts';
import { coppice } from '../support/cli.ts';
import { createEnvironment, type Environment } from '../support/environment.ts';
import { expectQuestions } from '../support/questions.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** Long enough for a heartbeat to be missed, an activity to be retried and a server to come back, on a busy machine. */
const PATIENCE = 90_000;

const eventually = (check: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: PATIENCE, interval: 500 });

interface Scene extends Environment {
  readonly pauseFile: string;
}

async function setScene(): Promise<Scene> {
  const root = temporaryDirectory('kill');
  const pauseFile = join(root, 'pause');
  const environment = await createEnvironment(root, {
    agent: scriptedAgent({ SCRIPTED_AGENT_PAUSE_FILE: pauseFile, SCRIPTED_AGENT_DELAY: '20' }),
    // Agents tell of themselves in files beside their worktrees.
    config: { sandbox: 'off' },
  });
  onTestFinished(async () => {
    await rm(pauseFile, { force: true });
    await down({ home: environment.home, report: () => undefined });
    for (const { pid } of environment.processes()) process.kill(pid, 'SIGKILL');
    await environment.close();
    expectQuestions(environment.home, []);
  });
  await up({ env: environment.env, home: environment.home, report: () => undefined });
  return { ...environment, pauseFile };
}

async function cli({ checkout, env }: Scene, ...args: string[]): Promise<void> {
  const { exitCode, stderr } = await coppice(args, { cwd: checkout, env });
  expect(exitCode, stderr).toBe(0);
}

async function statuses({ env, home, repository }: Scene): Promise<Record<number, string>> {
  const coppice = await openCoppice({ env, home });
  try {
    const { sessions } = await coppice.board(repository);
    return Object.fromEntries(
      sessions.map(({ record }) => [
        record.issueNumber,
        record.pullRequestState === 'merged' ? 'merged' : record.status,
      ]),
    );
  } finally {
    await coppice.close();
  }
}

/** The agent that pauses in a session; 0 while there is none. */
function agentOf({ pauseFile }: Scene, issue: number): number {
  const mark = `${pauseFile}.${issue}`;
  return existsSync(mark) ? Number(readFileSync(mark, 'utf8')) : 0;
}

/** The processes of the one turn under way in a session: its supervisor and its agent. */
function turnProcesses(scene: Scene, issue: number) {
  const { home } = scene;
  const agent = agentOf(scene, issue);
  const turn = readdirSync(home.turns)
    .filter((name) => name.includes(`.${issue}.`))
    .find((name) => members({ COPPICE_TURN: name }).some(({ pid }) => pid === agent));
  const supervisor = members({ COPPICE_TURN: turn ?? '' }).find(({ pid }) => pid !== agent);
  if (!supervisor) throw new Error('no turn is under way');
  return { agent, supervisor: supervisor.pid };
}

const VICTIMS = {
  worker: (scene) => serviceState(scene.home)?.pids.worker,
  'Temporal server': (scene) => serviceState(scene.home)?.pids.temporal,
  service: (scene) => serviceState(scene.home)?.pids.service,
  agent: (scene) => turnProcesses(scene, 125).agent,
  supervisor: (scene) => turnProcesses(scene, 125).supervisor,
} satisfies Record<string, (scene: Scene) => number | undefined>;

test.for(Object.entries(VICTIMS))(
  'kill -9 of the %s, one session in mid-turn and one in mid-push, loses nothing and doubles nothing',
  { timeout: PATIENCE * 3 },
  async ([name, victimOf]) => {
    const scene = await setScene();
    const { emulator, repository } = scene;

    const push = emulator.holdNext('POST', /\/git-receive-pack$/);
    await cli(scene, 'run', '123', '--name', 'pushing', '--yes');
    await push.arrived;
    await writeFile(scene.pauseFile, '');
    await cli(scene, 'run', '125', '--name', 'working', '--yes');
    await eventually(() => expect(agentOf(scene, 125)).toBeGreaterThan(0));

    const victim = victimOf(scene);
    if (victim === undefined) throw new Error(`the ${name} is not running`);
    process.kill(victim, 'SIGKILL');
    await eventually(() => expect(identify(victim)).toBeUndefined());
    if (name === 'service') await up({ ...scene, report: () => undefined });
    push.release();
    await rm(scene.pauseFile);

    await eventually(async () =>
      expect(await statuses(scene)).toEqual({ 123: 'complete', 125: 'complete' }),
    );
    const pulls = emulator.pullRequests(repository);
    expect(pulls.map(({ head }) => head).sort()).toEqual(['issue-123', 'issue-125']);
    for (const { number } of pulls) await emulator.mergePullRequest(repository, number);
    await eventually(async () =>
      expect(await statuses(scene)).toEqual({ 123: 'merged', 125: 'merged' }),
    );

    const commits = execFileSync('git', ['log', '--format=%s', 'main'], {
      cwd: emulator.directory(repository),
      encoding: 'utf8',
    });
    for (const { number } of pulls) expect(commits.split(`(#${number})`)).toHaveLength(2);
    await down({ home: scene.home, report: () => undefined });
    expect(scene.processes()).toEqual([]);
    expect(emulator.violations).toEqual([]);
  },
);

const pullOf = ({ emulator, repository }: Scene, issue: number) => {
  const pull = emulator.pullRequests(repository).find(({ head }) => head === `issue-${issue}`);
  if (!pull) throw new Error(`#${issue} has no pull request`);
  return pull;
};

const becomes = (scene: Scene, wanted: Record<number, string>): Promise<void> =>
  eventually(async () => expect(await statuses(scene)).toMatchObject(wanted));

// Nobody is killed here: GitHub does what it is asked, its answer is lost, and a person is quicker than the next try.
test('a dependent whose push onto main went unanswered, and that a person merges then, ends merged, without a question', {
  timeout: PATIENCE * 3,
}, async () => {
  const scene = await setScene();
  const { emulator, repository } = scene;
  const merge = (issue: number) =>
    emulator.mergePullRequest(repository, pullOf(scene, issue).number);
  await cli(scene, 'run', '123', '125', '--after', '125:123', '--name', 'lost', '--yes');
  await becomes(scene, { 123: 'complete', 125: 'complete' });
  const merged = Promise.withResolvers<void>();
  emulator.failNext({
    ...{ method: 'POST', path: /\/git-receive-pack$/, status: 'after' },
    meanwhile: () => merge(125).then(merged.resolve, merged.reject),
  });
  await merge(123);
  await merged.promise;
  await becomes(scene, { 123: 'merged', 125: 'merged' });
  expect(emulator.pullRequests(repository)).toHaveLength(2);
  expect(emulator.violations).toEqual([]);
});

test('a dependency that is merged, its branch gone, before its dependent has a worktree, is no question', {
  timeout: PATIENCE * 3,
}, async () => {
  const scene = await setScene();
  const { emulator, repository } = scene;
  const opening = emulator.holdNext('POST', /\/pulls$/);
  await cli(scene, 'run', '123', '125', '--after', '125:123', '--name', 'early', '--yes');
  await opening.arrived;
  const making = emulator.holdNext('GET', /\/info\/refs$/);
  opening.release();
  await making.arrived;
  await eventually(() => void pullOf(scene, 123));
  await emulator.mergePullRequest(repository, pullOf(scene, 123).number);
  await becomes(scene, { 123: 'merged' });
  making.release();
  await becomes(scene, { 125: 'complete' });
  expect(pullOf(scene, 125).base).toBe('main');
  expect(emulator.violations).toEqual([]);
});
