import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { stopTurn } from '../../src/agents/turn/stop-turn.ts';
import { claimAttempt } from '../../src/agents/turn/supervisor.ts';
import { identify, isRunning, type ProcessIdentity } from '../../src/process/identity.ts';
import { acquireLock } from '../../src/process/lock.ts';
import { down, serviceState } from '../../src/service/service.ts';
import { coppiceHome } from '../../src/state/home.ts';
import {
  type Part,
  type ServiceRecord,
  writeServiceRecord,
} from '../../src/state/service-record.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { Trial } from './support.ts';

/** A process of somebody else's that has a pid which Coppice wrote down before the machine was started again. */
function stranger(): { identity: ProcessIdentity; before: ProcessIdentity } {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const identity = identify(child.pid ?? 0);
  if (!identity) throw new Error('sleep is not running');
  return { identity, before: { pid: identity.pid, started: 'another-boot/1' } };
}

test.for(['go on with', 'stop'])(
  'a turn whose pids are strangers’ by now is lost: to %s it ends none of them',
  async (what) => {
    const { identity, before } = stranger();
    const trial = new Trial('done_');
    const how = { adapter: 'command', resume: false } as const;
    const attempt = claimAttempt(trial.turns, trial.turn.id, 1, how, 'begin');
    const at = (name: string) => join(attempt?.directory ?? '', name);
    const start = { ...how, launcher: before, startedAt: new Date().toISOString() };
    writeFileSync(at('start.json'), JSON.stringify(start));
    for (const name of ['gate', 'supervisor']) writeFileSync(at(name), `${identity.pid}\n`);
    const ending = what === 'stop' ? await stopTurn(trial.turn, trial.ports()) : await trial.run();
    expect(ending.outcome.kind).toBe(what === 'stop' ? 'interrupted' : 'done');
    expect(isRunning(identity)).toBe(true);
  },
);

test('a service whose pids are strangers’ by now does not run, and down ends none of them', async () => {
  const { identity, before } = stranger();
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('home') });
  const part: Part = { process: before, up: true, restarts: 0, trouble: null };
  const record: ServiceRecord = {
    ...{ phase: 'ready', startedAt: new Date().toISOString(), service: before, embedded: true },
    ...{ address: '127.0.0.1:1', namespace: 'default', temporal: part, worker: part },
  };
  writeServiceRecord(home, record);
  mkdirSync(home.service, { recursive: true });
  writeFileSync(join(home.service, 'lock.1'), JSON.stringify(before));
  expect(serviceState(home)).toBeUndefined();
  expect(await down({ home, report: () => undefined })).toBe(false);
  acquireLock(home.service)();
  expect(isRunning(identity)).toBe(true);
});
