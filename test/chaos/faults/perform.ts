import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAnswering } from '../world/board.ts';
import type { Stage } from '../world/stage.ts';
import { isGone, isStopped, killAll, signal, victimOf } from './processes.ts';
import type { Fault, Victim } from './schedule.ts';
import { cutLastFiles } from './state-files.ts';

/** What came of a fault. */
export interface Effect {
  /** False when there was nothing that it could hit. */
  readonly hit: boolean;
  /** Milliseconds until all was at work again; null where that can't be told. */
  readonly recovery: number | null;
  readonly note: string;
}

/** How long a request or a point is waited for, in milliseconds; after that the fault has had no effect. */
const WAIT = 20_000;

/** How long a recovery is waited for, in milliseconds. */
const RECOVERS_WITHIN = 120_000;

const missed = (note: string): Effect => ({ hit: false, recovery: null, note });

type FaultTo<What> = Extract<Fault, { readonly do: What }>;

/** Lets something go wrong, and returns when all is at work again. */
export function perform(fault: Fault, stage: Stage): Promise<Effect> {
  switch (fault.do) {
    case 'kill':
      return kill(fault, stage);
    case 'stop':
      return stop(fault, stage);
    case 'machine':
      return crash(stage, fault.cut);
    case 'network':
      return cutNetwork(stage, fault.for);
    case 'request':
      return troubleRequests(fault, stage);
    case 'temporary':
      return removeTemporary(stage);
    case 'point':
      return atPoint(fault, stage);
  }
}

async function kill({ what, pick }: FaultTo<'kill'>, stage: Stage): Promise<Effect> {
  const isPart = what !== 'agent' && what !== 'supervisor';
  const pid = await findVictim(stage, what, pick);
  const written = diaryLength(stage);
  if (pid === undefined || !signal(pid, 'SIGKILL')) return missed(`no ${what} ran`);
  // A process is there for a moment after the signal: whoever looks in that moment takes it for running.
  await until(async () => isGone(pid), Date.now());
  const began = Date.now();
  if (what === 'service') await stage.up();
  const recovery = isPart
    ? await until(() => isAnswering(stage), began)
    : await until(async () => diaryLength(stage) > written, began, WAIT);
  return { hit: true, recovery, note: `pid ${pid}` };
}

async function stop(fault: FaultTo<'stop'>, stage: Stage): Promise<Effect> {
  const pid = await findVictim(stage, fault.what, fault.pick);
  if (pid === undefined || !signal(pid, 'SIGSTOP')) return missed(`no ${fault.what} ran`);
  await sleep(fault.for);
  signal(pid, 'SIGCONT');
  const recovery = await until(() => isAnswering(stage), Date.now());
  return { hit: true, recovery, note: `pid ${pid} for ${fault.for} ms` };
}

/** Agents are not always at work: they are waited for. */
async function findVictim(stage: Stage, what: Victim, pick: number): Promise<number | undefined> {
  let pid: number | undefined;
  await until(
    async () => {
      pid = victimOf(stage, what, pick);
      return pid !== undefined;
    },
    Date.now(),
    WAIT,
  );
  return pid;
}

async function crash(stage: Stage, cut: boolean): Promise<Effect> {
  const killed = killAll(stage);
  const files = cut ? cutLastFiles(stage) : [];
  const began = Date.now();
  await stage.up();
  const recovery = await until(() => isAnswering(stage), began);
  return { hit: killed > 0, recovery, note: [`${killed} processes`, ...files].join(', ') };
}

async function cutNetwork({ proxy }: Stage, time: number): Promise<Effect> {
  const cut = proxy.cut();
  await sleep(time);
  cut.heal();
  const began = Date.now();
  const recovery = await Promise.race([
    proxy.passed().then(() => Date.now() - began),
    sleep(RECOVERS_WITHIN, null, { ref: false }),
  ]);
  return { hit: cut.met() > 0, recovery, note: `${cut.met()} connections in ${time} ms` };
}

async function troubleRequests(fault: FaultTo<'request'>, { proxy }: Stage): Promise<Effect> {
  const { trouble, which, times } = fault;
  const troubled = proxy.trouble(trouble, which, times);
  const began = Date.now();
  await until(async () => troubled.met() > 0, began, WAIT);
  const met = Date.now();
  await until(async () => troubled.met() === times, met, 5_000);
  proxy.clear();
  if (troubled.met() === 0) return missed(`no request (${which}) came`);
  const healed = Date.now();
  const recovery = await Promise.race([
    proxy.passed().then(() => Date.now() - healed),
    sleep(RECOVERS_WITHIN, null, { ref: false }),
  ]);
  return { hit: true, recovery, note: `${troubled.met()} requests (${which})` };
}

async function removeTemporary({ temporary }: Stage): Promise<Effect> {
  const hit = existsSync(temporary);
  await rm(temporary, { recursive: true, force: true });
  return hit ? { hit, recovery: null, note: '' } : missed('nobody had made it again');
}

/** Waits until a process stands at the point, does to it what is to be done, and lets what is left go on. */
async function atPoint(fault: FaultTo<'point'>, stage: Stage): Promise<Effect> {
  const { point } = fault;
  await writeFile(`${stage.stopPoint}.new`, point);
  await rename(`${stage.stopPoint}.new`, stage.stopPoint);
  let pid: number | undefined;
  await until(
    async () => {
      pid = stoppedAt(stage);
      return pid !== undefined && isStopped(pid);
    },
    Date.now(),
    WAIT,
  );
  await rm(stage.stopPoint, { force: true });
  pid ??= stoppedAt(stage);
  if (pid === undefined) return missed(`nobody came to “${point}”`);
  await rm(`${stage.stopPoint}.${pid}`, { force: true });
  try {
    return { ...(await strike(fault, stage, pid)), note: `${fault.then}, ${point}` };
  } finally {
    signal(pid, 'SIGCONT');
  }
}

async function strike(fault: FaultTo<'point'>, stage: Stage, pid: number): Promise<Effect> {
  if (fault.then === 'machine') return crash(stage, false);
  if (fault.then === 'network') {
    const cut = cutNetwork(stage, fault.for);
    signal(pid, 'SIGCONT');
    return { ...(await cut), hit: true };
  }
  const victim = fault.then === 'kill' ? pid : (victimOf(stage, 'temporal', 0) ?? pid);
  signal(victim, 'SIGKILL');
  signal(pid, 'SIGCONT');
  const recovery = await until(() => isAnswering(stage), Date.now());
  return { hit: true, recovery, note: '' };
}

/** The process that has taken the file of the point. */
function stoppedAt({ stopPoint }: Stage): number | undefined {
  const name = basename(stopPoint);
  const taken = readdirSync(dirname(stopPoint)).find((one) =>
    new RegExp(`^${name}\\.\\d+$`).test(one),
  );
  return taken === undefined ? undefined : Number(taken.slice(name.length + 1));
}

function diaryLength({ logs }: Stage): number {
  return existsSync(logs.agents) ? readFileSync(logs.agents).length : 0;
}

/** @returns milliseconds since `began` until the condition holds; null when it does not in time */
async function until(
  condition: () => Promise<boolean>,
  began: number,
  within = RECOVERS_WITHIN,
): Promise<number | null> {
  while (Date.now() - began < within) {
    if (await condition()) return Date.now() - began;
    await sleep(50);
  }
  return null;
}
