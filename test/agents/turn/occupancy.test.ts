import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { runCommands } from '../../../src/activities/worktree/commands.ts';
import type { Attempt } from '../../../src/agents/turn/attempt.ts';
import {
  asOccupant,
  ifStillOccupant,
  marksOfAgentIn,
  occupantFile,
} from '../../../src/agents/turn/occupancy.ts';
import { claimAttempt, launch } from '../../../src/agents/turn/supervisor.ts';
import { RepositoryName } from '../../../src/domain/shared/repository.ts';
import { identify } from '../../../src/process/identity.ts';
import { members } from '../../../src/process/members.ts';
import { stopAll } from '../../../src/process/stop.ts';
import { coppiceHome } from '../../../src/state/home.ts';
import { Trial, until } from '../support.ts';

/** A turn that is left behind, by `temporal workflow reset` say; the turns that come after it are beside it. */
let old: Trial;

afterEach(async () => {
  expect(old.log().filter((line) => line.startsWith('clash'))).toEqual([]);
  expect(members(marksOfAgentIn(old.worktree))).toEqual([]);
});

const STUBBORN = 'trap "" TERM; setsid sleep 1000 & until_ never';

test('an agent that was left behind has ended before that of the next turn starts', async () => {
  old = new Trial(STUBBORN);
  const watched = old.run();
  await old.started(1);
  const next = new Trial('done_', {}, old);
  expect(await next.run({ grace: 200 })).toMatchObject({ outcome: { kind: 'done' }, attempts: 1 });
  // Whoever still watches it hears that it was stopped, and starts none again.
  expect(await watched).toMatchObject({ outcome: { kind: 'interrupted' }, attempts: 1 });
  expect(old.starts()).toHaveLength(2);
});

test('also when nobody watches it, and no record tells of it any more', async () => {
  old = new Trial(STUBBORN);
  const watcher = old.runElsewhere();
  await old.started(1);
  watcher.kill('SIGKILL');
  writeFileSync(occupantFile(old.turns, old.worktree), '');
  const next = new Trial('done_', {}, old);
  expect(await next.run({ grace: 200 })).toMatchObject({ outcome: { kind: 'done' }, attempts: 1 });
});

test('a turn that still waits for its prompt then starts no agent', async () => {
  old = new Trial('done_');
  const { promise, resolve } = Promise.withResolvers<string>();
  let asked = false;
  const waiting = old.run({
    prompt: () => {
      asked = true;
      return promise;
    },
  });
  await until(() => asked);
  const next = new Trial('until_ go; done_', {}, old);
  const ending = next.run();
  await next.started(1);
  resolve('begin');
  expect((await waiting).outcome).toEqual({ kind: 'interrupted' });
  old.allow('go');
  expect(await ending).toMatchObject({ outcome: { kind: 'done' }, attempts: 1 });
  expect(old.starts()).toHaveLength(1);
});

test('a supervisor that comes when the worktree is another’s starts no agent', async () => {
  old = new Trial('done_');
  const how = { adapter: 'command', resume: false } as const;
  const attempt = claimAttempt(old.turns, old.turn.id, 1, how, 'begin') as Attempt;
  const next = new Trial('done_', {}, old);
  await next.run();
  await launch(attempt, old.worktree, old.turn.settings.command ?? [], old.ports().env);
  await until(() => existsSync(join(attempt.directory, 'gate')) && old.members().length === 0);
  expect(old.starts()).toHaveLength(1);
});

test('the agents of two turns that come at once never work together', async () => {
  old = new Trial('until_ never');
  const turns = [old, ...Array.from({ length: 5 }, () => new Trial('sleep 0.3; done_', {}, old))];
  const endings = await Promise.all(
    turns.map(async (turn, index) => {
      // The first is at work when the others come, all at once.
      if (index > 0) await old.started(1);
      return turn.run({ grace: 300 });
    }),
  );
  const kinds = endings.map(({ outcome }) => outcome.kind);
  expect(kinds.filter((kind) => kind !== 'interrupted')).toEqual(['done']);
});

function commandsIn(trial: Trial, commands: string[]) {
  const location = {
    repository: RepositoryName.parse('acme/app'),
    issue: 1,
    hostId: 'h',
    checkout: trial.worktree,
    worktree: trial.worktree,
    branch: 'issue-1',
    remote: 'origin',
  };
  onTestFinished(() => stopAll(() => members({ COPPICE_COMMANDS: trial.worktree }), 0));
  return runCommands({
    home: { ...coppiceHome({ COPPICE_HOME: trial.directory }), turns: trial.turns },
    location,
    commands,
    timeout: 60,
    log: join(trial.directory, 'commands.log'),
    environment: { variables: { PATH: process.env.PATH ?? '' }, secrets: [] },
    signal: new AbortController().signal,
  });
}

test('commands that were left behind end before an agent starts; what finished ones left in the background stays', async () => {
  old = new Trial('ps -eo args | grep -c "[s]leep 98[1]" >"$AGENT_DIR/seen"; done_');
  const at = (name: string) => join(old.directory, name);
  expect(await commandsIn(old, ['sleep 982 &'])).toBeUndefined();
  expect(await old.run()).toMatchObject({ outcome: { kind: 'done' } });
  expect(members({ COPPICE_COMMANDS: old.worktree })).not.toEqual([]);

  const left = commandsIn(old, [`: >${at('begun')}; sleep 981`, `: >${at('more')}`]);
  await until(() => existsSync(at('begun')));
  const next = new Trial('done_', {}, old);
  expect(await next.run({ grace: 300 })).toMatchObject({ outcome: { kind: 'done' } });
  expect((await left)?.problem).toMatch(/was ended by SIGTERM|exit code/);
  expect(existsSync(at('more'))).toBe(false);
  expect(members({ COPPICE_COMMANDS: old.worktree })).toEqual([]);
});

test('commands end an agent that was left behind', async () => {
  old = new Trial(STUBBORN);
  const watched = old.run();
  await old.started(1);
  const at = join(old.directory, 'alive');
  const agent = (await old.started(1)).pid;
  expect(
    await commandsIn(old, [
      `if grep -q . /proc/${agent}/cmdline; then echo yes; fi 2>/dev/null >${at}`,
    ]),
  ).toBeUndefined();
  expect(readFileSync(at, 'utf8')).toBe('');
  expect((await watched).outcome).toEqual({ kind: 'interrupted' });
});

test('a person’s terminal is waited for, and that is told; what it left is ended', async () => {
  old = new Trial('done_');
  const holder = identify(process.pid);
  if (!holder) throw new Error('no identity');
  const occupant = { kind: 'terminal', id: 'a-terminal', holder } as const;
  const where = { turns: old.turns, worktree: old.worktree, grace: 300 };
  const { promise, resolve } = Promise.withResolvers<void>();
  const argv = ifStillOccupant(occupant, where, ['sh', '-c', 'sleep 1000 & exec sleep 1000']);
  let terminal: number | undefined;
  const open = asOccupant(occupant, where, async () => {
    const env = { ...process.env, ...marksOfAgentIn(old.worktree) };
    terminal = spawn(argv[0] ?? '', argv.slice(1), { env, stdio: 'ignore' }).pid;
    await promise;
  });
  await until(() => terminal !== undefined);
  let told = '';
  const ending = old.run({
    onProgress: ({ activity }) => {
      told = activity;
    },
  });
  await until(() => told.startsWith('waits until the terminal'));
  expect(old.starts()).toEqual([]);
  expect(identify(terminal ?? 0)).toBeDefined();
  resolve();
  await open;
  expect(await ending).toMatchObject({ outcome: { kind: 'done' }, attempts: 1 });
});
