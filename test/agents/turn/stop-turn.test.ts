import { afterEach, expect, test } from 'vitest';
import { stopTurn } from '../../../src/agents/turn/stop-turn.ts';
import { Trial, until } from '../support.ts';

let trial: Trial;

afterEach(() => {
  expect(trial.log().filter((line) => line.startsWith('clash'))).toEqual([]);
  expect(trial.members()).toEqual([]);
});

/** Stops the trial's turn, as another process than its watcher would. */
const stopIt = (grace = 10_000) => stopTurn(trial.turn, trial.ports({ grace }));

test('an agent at work is asked to end, and its watcher is told that it was interrupted', async () => {
  trial = new Trial('echo begun; trap \'touch "$AGENT_DIR/gently"; exit 0\' TERM; until_ gently');
  let said = '';
  const watched = trial.run({
    onProgress: ({ activity }) => {
      said = activity;
    },
  });
  await until(() => said === 'begun');
  const ending = await stopIt();
  expect(ending).toMatchObject({ outcome: { kind: 'interrupted' }, begun: true, responded: true });
  expect(await watched).toEqual(ending);
  expect(trial.starts()).toHaveLength(1);
});

test('one that ignores that is killed, with all it started, though nobody watches it', async () => {
  trial = new Trial('trap "" TERM; setsid sh -c "trap \'\' TERM; sleep 1000" & until_ never');
  const watcher = trial.runElsewhere();
  await trial.started(1);
  watcher.kill('SIGKILL');
  expect(await stopIt(200)).toMatchObject({ outcome: { kind: 'interrupted' }, responded: false });
});

test('a turn that has not begun never does', async () => {
  trial = new Trial('done_');
  const ending = await stopIt();
  expect(ending).toMatchObject({
    outcome: { kind: 'interrupted' },
    begun: false,
    responded: false,
  });
  expect(await trial.run()).toEqual(ending);
  expect(trial.starts()).toEqual([]);
});

test('a watcher that is about to start an agent starts none', async () => {
  trial = new Trial('done_');
  const { promise, resolve } = Promise.withResolvers<string>();
  let asked = false;
  const watched = trial.run({
    prompt: () => {
      asked = true;
      return promise;
    },
  });
  await until(() => asked);
  const ending = await stopIt();
  resolve('begin');
  expect(await watched).toEqual(ending);
  expect(trial.starts()).toEqual([]);
});

test('nor one that would resume an agent that was killed', async () => {
  trial = new Trial('until_ never');
  const { promise, resolve } = Promise.withResolvers<string>();
  let resuming = false;
  const watched = trial.run({
    prompt: async (again) => {
      resuming = again;
      return again ? promise : 'begin';
    },
  });
  const { pid } = await trial.started(1);
  process.kill(pid, 'SIGKILL');
  await until(() => resuming);
  expect((await stopIt()).outcome).toEqual({ kind: 'interrupted' });
  resolve('go on');
  expect((await watched).outcome).toEqual({ kind: 'interrupted' });
  expect(trial.starts()).toHaveLength(1);
});

test('an agent that had ended by itself keeps its outcome', async () => {
  trial = new Trial('until_ go; done_');
  const watcher = trial.runElsewhere();
  await trial.started(1);
  watcher.kill('SIGKILL');
  trial.allow('go');
  await until(() => trial.members().length === 0);
  expect((await stopIt()).outcome).toEqual({ kind: 'done', summary: 'did it' });
  expect((await stopIt()).outcome).toEqual({ kind: 'done', summary: 'did it' });
});
