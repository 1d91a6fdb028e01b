import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import {
  type Attempt,
  attemptsOf,
  fence,
  markStopped,
  stateOf,
} from '../../../src/agents/turn/attempt.ts';
import { readEnding } from '../../../src/agents/turn/ending.ts';
import { Detached } from '../../../src/agents/turn/ports.ts';
import { claimAttempt, launch } from '../../../src/agents/turn/supervisor.ts';
import { watch } from '../../../src/agents/turn/watch.ts';
import { identify, isRunning } from '../../../src/process/identity.ts';
import { Trial, until } from '../support.ts';

let trial: Trial;

afterEach(() => {
  expect(trial.log().filter((line) => line.startsWith('clash'))).toEqual([]);
  expect(trial.members()).toEqual([]);
});

test('a turn gives the agent its prompt and returns the outcome it reported', async () => {
  trial = new Trial('cat >"$AGENT_DIR/heard"; echo working on it; done_');
  const ending = await trial.run();
  expect(ending).toMatchObject({ outcome: { kind: 'done', summary: 'did it' }, attempts: 1 });
  expect(readFileSync(join(trial.directory, 'heard'), 'utf8')).toBe('begin');
  expect(trial.attemptFile(1, 'prompt')).toBe('begin');
  expect(trial.attemptFile(1, 'journal')).toBe('working on it\n');
});

test('a turn that has ended is not run again', async () => {
  trial = new Trial('done_');
  const first = await trial.run();
  expect(await trial.run()).toEqual(first);
  expect(trial.starts()).toHaveLength(1);
});

test('an outcome of an earlier turn is not taken for this one’s', async () => {
  trial = new Trial('exit 0');
  const earlier = join(trial.worktree, '.coppice', 'outcome.json');
  writeFileSync(earlier, '{"kind":"done","summary":"long ago"}');
  expect((await trial.run()).outcome).toMatchObject({
    kind: 'invalid',
    problem: '.coppice/outcome.json is missing',
  });
});

test('an agent that fails by itself has failed, with the end of what it said', async () => {
  trial = new Trial('echo trying; echo "no such luck" >&2; exit 3');
  expect((await trial.run()).outcome).toEqual({
    kind: 'failed',
    reason: 'the agent exited with code 3',
    tail: 'trying\nno such luck',
  });
});

test('what an agent leaves running in the background ends with its turn', async () => {
  trial = new Trial('setsid sh -c "sleep 1000 & sleep 1000" & sleep 1000 & done_');
  expect((await trial.run()).outcome.kind).toBe('done');
});

test('so does what cleared its environment and left its parents', async () => {
  trial = new Trial('(env -i sleep 1000 & echo $! >"$AGENT_DIR/hidden"); done_');
  expect((await trial.run()).outcome.kind).toBe('done');
  const hidden = Number(readFileSync(join(trial.directory, 'hidden'), 'utf8'));
  expect(identify(hidden)).toBeUndefined();
});

test('progress tells the last line and the bytes of the journal', async () => {
  trial = new Trial('echo one; echo two; until_ go; done_');
  const seen: unknown[] = [];
  const ending = trial.run({ onProgress: (progress) => seen.push(progress) });
  await until(() => seen.some((one) => (one as { activity: string }).activity === 'two'));
  trial.allow('go');
  await ending;
  expect(seen).toContainEqual({ activity: 'two', journalBytes: 8 });
});

test('after kill -9 of the agent its conversation is resumed', async () => {
  trial = new Trial('[ $COPPICE_RESUME = 1 ] && done_; until_ never');
  const ending = trial.run();
  process.kill((await trial.started(1)).pid, 'SIGKILL');
  expect(await ending).toMatchObject({ outcome: { kind: 'done' }, attempts: 2 });
  expect(trial.starts().map(({ resumed }) => resumed)).toEqual([false, true]);
  expect(trial.attemptFile(2, 'prompt')).toBe('go on');
});

test('locks that a killed git of an agent left are gone before its conversation is resumed; others’ stay', async () => {
  trial = new Trial(`
    cd .git; echo "$(find . -name '*.lock' | sort | tr '\\n' ' ')" >>"$AGENT_DIR/locks"; cd ..
    [ $COPPICE_RESUME = 1 ] && done_
    touch .git/index.lock .git/HEAD.lock .git/refs/heads/issue-1.lock .git/refs/heads/issue-2.lock
    until_ never`);
  const own = join(trial.worktree, '.git');
  mkdirSync(join(own, 'refs', 'heads'), { recursive: true });
  writeFileSync(join(own, 'HEAD'), 'ref: refs/heads/issue-1\n');
  const ending = trial.run();
  const { pid } = await trial.started(1);
  await until(() => existsSync(join(own, 'refs', 'heads', 'issue-2.lock')));
  process.kill(pid, 'SIGKILL');
  expect((await ending).outcome.kind).toBe('done');
  expect(readFileSync(join(trial.directory, 'locks'), 'utf8')).toBe(
    '\n./refs/heads/issue-2.lock \n',
  );
});

test('a lock that is older than the attempt is not its own', async () => {
  trial = new Trial('done_');
  const lock = join(trial.worktree, '.git', 'index.lock');
  mkdirSync(join(trial.worktree, '.git'));
  writeFileSync(lock, '');
  const ago = Date.now() / 1_000 - 5;
  utimesSync(lock, ago, ago);
  await trial.run();
  expect(existsSync(lock)).toBe(true);
});

test('a lock that is older than the machine’s start is gone before the agent starts', async () => {
  trial = new Trial('[ -e .git/index.lock ] || done_');
  const lock = join(trial.worktree, '.git', 'index.lock');
  mkdirSync(join(trial.worktree, '.git'));
  writeFileSync(lock, '');
  utimesSync(lock, 0, 0);
  expect((await trial.run()).outcome.kind).toBe('done');
});

test('after kill -9 of the supervisor its agent is stopped before another is started', async () => {
  trial = new Trial('[ $COPPICE_RESUME = 1 ] && done_; until_ never');
  const ending = trial.run();
  await trial.started(1);
  process.kill(trial.supervisor(1), 'SIGKILL');
  expect(await ending).toMatchObject({ outcome: { kind: 'done' }, attempts: 2 });
});

test('an orphaned agent that ignores SIGTERM and hid a child in another session is stopped all the same', async () => {
  trial = new Trial(
    `[ $COPPICE_RESUME = 1 ] && done_; trap '' TERM; setsid sleep 1000 & until_ never`,
  );
  const ending = trial.run({ grace: 300 });
  await trial.started(1);
  process.kill(trial.supervisor(1), 'SIGKILL');
  expect(await ending).toMatchObject({ outcome: { kind: 'done' }, attempts: 2 });
});

test('an agent works on after kill -9 of its watcher, and the next one finds it', async () => {
  trial = new Trial('until_ go; done_');
  const watcher = trial.runElsewhere();
  await trial.started(1);
  watcher.kill('SIGKILL');
  const ending = trial.run();
  trial.allow('go');
  expect(await ending).toMatchObject({ outcome: { kind: 'done' }, attempts: 1 });
});

test('an outcome reported while nobody watched is found', async () => {
  trial = new Trial('until_ go; done_');
  const watcher = trial.runElsewhere();
  await trial.started(1);
  watcher.kill('SIGKILL');
  trial.allow('go');
  await until(() => trial.members().length === 0);
  expect(await trial.run()).toMatchObject({ outcome: { kind: 'done' }, attempts: 1 });
});

test('watchers of one turn share one agent, through the loss of it too', async () => {
  trial = new Trial('[ $COPPICE_RESUME = 1 ] && until_ go && done_; until_ never');
  const endings = [trial.run(), trial.run(), trial.run()];
  trial.runElsewhere();
  const first = await trial.started(1);
  process.kill(trial.supervisor(1), 'SIGKILL');
  await trial.started(2);
  expect(trial.members().some(({ pid }) => pid === first.pid)).toBe(false);
  trial.allow('go');
  for (const ending of endings)
    expect(await ending).toMatchObject({ outcome: { kind: 'done' }, attempts: 2 });
  expect(trial.starts()).toHaveLength(2);
});

test('an agent that is killed every time has failed after five attempts', async () => {
  trial = new Trial('kill -9 $$');
  expect(await trial.run()).toMatchObject({
    outcome: { kind: 'failed', reason: 'the agent was killed or lost 5 times' },
    attempts: 5,
  });
  expect(trial.starts()).toHaveLength(5);
});

test('a launcher killed before its supervisor leaves an attempt that never starts an agent', async () => {
  trial = new Trial('done_');
  const how = { adapter: 'command', resume: false } as const;
  const attempt = claimAttempt(trial.turns, trial.turn.id, 1, how, 'never read');
  const launcher = { pid: 1, started: 'before' };
  const start = { ...how, launcher, startedAt: new Date().toISOString() };
  writeFileSync(join(attempt?.directory ?? '', 'start.json'), JSON.stringify(start));
  expect(await trial.run()).toMatchObject({ outcome: { kind: 'done' }, attempts: 2 });
  expect(trial.attemptFile(1, 'gate')).toBe('fenced');
  expect(trial.starts()).toEqual([{ pid: expect.any(Number), resumed: false }]);
});

test('a supervisor that comes too late finds its gate shut and starts no agent', async () => {
  trial = new Trial('done_');
  const how = { adapter: 'command', resume: false } as const;
  const attempt = claimAttempt(trial.turns, trial.turn.id, 1, how, 'never read') as Attempt;
  fence(attempt);
  const { env } = trial.ports();
  await launch(attempt, trial.worktree, trial.turn.settings.command ?? [], env);
  await until(() => trial.members().length === 0);
  expect(trial.starts()).toEqual([]);
});

test('an interrupted turn stops its agent, and the next watcher resumes it without counting a loss', async () => {
  trial = new Trial('[ $COPPICE_RESUME = 1 ] && [ -e "$AGENT_DIR/go" ] && done_; until_ never');
  for (let round = 1; round <= 6; round++) {
    const controller = new AbortController();
    const ending = trial.run({ signal: controller.signal });
    await trial.started(round);
    controller.abort('interrupted');
    await expect(ending).rejects.toThrow(new Detached('interrupted'));
    expect(trial.members()).toEqual([]);
  }
  trial.allow('go');
  expect(await trial.run()).toMatchObject({ outcome: { kind: 'done' }, attempts: 7 });
});

test('what an agent reports while it is interrupted is not its answer', async () => {
  trial = new Trial(
    `[ $COPPICE_RESUME = 1 ] && echo '{"kind":"stuck","decision":"which?"}' | report && exit 0
     trap done_ TERM; until_ never`,
  );
  const controller = new AbortController();
  const ending = trial.run({ signal: controller.signal });
  await trial.started(1);
  controller.abort('interrupted');
  await expect(ending).rejects.toThrow('interrupted');
  expect((await trial.run()).outcome.kind).toBe('stuck');
});

test('a cancelled turn leaves nothing running and is not started again', async () => {
  trial = new Trial(`trap '' TERM; setsid sleep 1000 & until_ never`);
  const controller = new AbortController();
  const ending = trial.run({ signal: controller.signal, grace: 200 });
  await trial.started(1);
  controller.abort('cancelled');
  await expect(ending).rejects.toThrow('cancelled');
  expect(trial.members()).toEqual([]);
  expect((await trial.run()).outcome).toEqual({ kind: 'interrupted' });
  expect(trial.starts()).toHaveLength(1);
});

test('a watcher that waits for its prompt leaves at once, and no agent is started', async () => {
  trial = new Trial('done_');
  const controller = new AbortController();
  const ending = trial.run({ signal: controller.signal, prompt: () => new Promise(() => {}) });
  controller.abort('cancelled');
  await expect(ending).rejects.toThrow(new Detached('cancelled'));
  expect(trial.starts()).toEqual([]);
});

test('a superseded watcher leaves the agent at work', async () => {
  trial = new Trial('until_ go; done_');
  const controller = new AbortController();
  const ending = trial.run({ signal: controller.signal });
  const { pid } = await trial.started(1);
  const agent = trial.members().find((one) => one.pid === pid);
  controller.abort('superseded');
  await expect(ending).rejects.toThrow('superseded');
  expect(agent && isRunning(agent)).toBe(true);
  const next = trial.run();
  trial.allow('go');
  expect(await next).toMatchObject({ outcome: { kind: 'done' }, attempts: 1 });
});

test('a turn that takes too long is stopped and has failed', async () => {
  trial = new Trial('until_ never', { timeout: 0.5 });
  expect((await trial.run()).outcome).toMatchObject({ kind: 'failed', reason: 'timed out' });
  expect(trial.starts()).toHaveLength(1);
});

test('the time in which its watcher was stopped, or the machine slept, is not the turn’s', async () => {
  trial = new Trial('until_ go; done_', { timeout: 3 });
  const watcher = trial.runElsewhere();
  await trial.started(1);
  const clock = () => existsSync(trial.file(1, 'clock')) && trial.attemptFile(1, 'clock');
  await until(() => clock() !== false);
  watcher.kill('SIGSTOP');
  // Longer than the turn may take, and than two looks of a watcher lie apart.
  await sleep(5_500);
  const before = clock();
  watcher.kill('SIGCONT');
  await until(() => clock() !== before);
  trial.allow('go');
  await once(watcher, 'exit');
  expect(readEnding(trial.turns, trial.turn.id)?.outcome).toMatchObject({ kind: 'done' });
});

test('the turn’s time is that of all its attempts, whoever watched them', async () => {
  trial = new Trial('until_ never');
  const watcher = trial.runElsewhere();
  const { pid } = await trial.started(1);
  watcher.kill('SIGKILL');
  await once(watcher, 'exit');
  process.kill(pid, 'SIGKILL');
  const worked = trial.turn.timeout * 1_000 - 500;
  writeFileSync(trial.file(1, 'clock'), JSON.stringify({ worked, silent: 0, output: '' }));
  expect(await trial.run()).toMatchObject({ outcome: { reason: 'timed out' }, attempts: 2 });
});

test('an agent that ends while its supervisor is stopped has its exit recorded afterwards', async () => {
  trial = new Trial('until_ go; done_');
  const ending = trial.run();
  await trial.started(1);
  process.kill(trial.supervisor(1), 'SIGSTOP');
  trial.allow('go');
  await until(() => trial.log().some((line) => line.startsWith('end')));
  process.kill(trial.supervisor(1), 'SIGCONT');
  expect(await ending).toMatchObject({ outcome: { kind: 'done' }, attempts: 1 });
});

test('an agent that has ended by itself was not stopped, whatever comes later', async () => {
  trial = new Trial('until_ go; done_');
  const watcher = trial.runElsewhere();
  await trial.started(1);
  watcher.kill('SIGKILL');
  trial.allow('go');
  await until(() => trial.members().length === 0);
  const [attempt] = attemptsOf(trial.turns, trial.turn.id);
  if (attempt) markStopped(attempt, 'timed out');
  expect(attempt && stateOf(attempt)).toEqual({ is: 'ended', code: 0 });
});

test('an agent that says nothing is interrupted and resumed, once', async () => {
  trial = new Trial('[ "$COPPICE_RESUME" = 1 ] && done_; until_ never', { idleTimeout: 5 });
  expect(await trial.run()).toMatchObject({ outcome: { kind: 'done' }, attempts: 2 });
  expect(trial.starts().map(({ resumed }) => resumed)).toEqual([false, true]);
});

test('an agent that says nothing twice has failed, with what it said before', async () => {
  trial = new Trial('echo thinking; until_ never', { idleTimeout: 0.5 });
  expect(await trial.run()).toMatchObject({
    outcome: {
      kind: 'failed',
      reason: 'it was silent for 0.5 s, twice',
      tail: expect.stringContaining('thinking'),
    },
    attempts: 2,
  });
});

test('output that is no text, or one endless line, harms nothing', async () => {
  trial = new Trial(`
    head -c 300000 /dev/urandom
    head -c 20000000 /dev/zero | tr '\\0' x
    printf '\\n\\377\\376 and \\033[31mred\\033[0m\\n'
    exit 4`);
  const { outcome } = await trial.run();
  expect(outcome).toMatchObject({
    kind: 'failed',
    tail: expect.stringMatching(/\uFFFD\uFFFD and red$/),
  });
});

test('an agent that is killed before it has begun its conversation again is resumed in it, not started anew', async () => {
  trial = new Trial('[ -e "$AGENT_DIR/once" ] && done_; until_ never', { resume: true });
  const { adapter } = trial.ports();
  const ending = trial.run({ adapter: { ...adapter, began: () => false } });
  const { pid } = await trial.started(1);
  trial.allow('once');
  process.kill(pid, 'SIGKILL');
  expect((await ending).outcome.kind).toBe('done');
  expect(trial.starts().map(({ resumed }) => resumed)).toEqual([true, true]);
});

/** Watches an agent that works until `go`, and is over its cost limit as often as `isOverBudget` says. */
async function watchedCost(isOverBudget: (look: number) => boolean) {
  trial = new Trial('until_ go; done_');
  const ending = trial.run();
  await trial.started(1);
  const [attempt] = attemptsOf(trial.turns, trial.turn.id);
  if (!attempt) throw new Error('no attempt');
  let looks = 0;
  const limits = { limit: Number.POSITIVE_INFINITY, idleTimeout: Number.POSITIVE_INFINITY };
  const state = await watch(
    attempt,
    { ...limits, isOverBudget: () => isOverBudget(++looks) },
    trial.ports(),
  );
  return { state, looks, ending };
}

test('an agent that is over its cost limit at two looks only works on', async () => {
  const { state, ending } = await watchedCost((look) => {
    if (look === 4) trial.allow('go');
    return look <= 2;
  });
  expect(state.is).toBe('ended');
  expect((await ending).outcome.kind).toBe('done');
});

test('an agent that is over its cost limit at three looks in a row is stopped', async () => {
  const { state, looks, ending } = await watchedCost(() => true);
  expect(state).toMatchObject({ is: 'stopped', reason: 'over budget' });
  expect(looks).toBe(3);
  expect((await ending).outcome.kind).toBe('over-budget');
});
