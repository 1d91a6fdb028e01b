import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { isMember, type Marks, members, seenByPs } from '../../src/process/members.ts';
import { stopAll } from '../../src/process/stop.ts';
import { temporaryDirectory } from '../support/temporary.ts';

let count = 0;

/** A shell script that runs with marks of its own and has written its `ready` file. */
async function marked(script: string): Promise<{ marks: Marks; child: ChildProcess; dir: string }> {
  const dir = temporaryDirectory();
  const marks = { COPPICE_TURN: `members.${process.pid}.${++count}`, COPPICE_ATTEMPT: '1' };
  const env = { ...process.env, ...marks, DIR: dir };
  const child = spawn('sh', ['-c', `${script}\n: >"$DIR/ready"; wait; sleep 1000`], { env });
  onTestFinished(() => stopAll(() => members(marks), 0));
  while (!existsSync(join(dir, 'ready'))) await sleep(5);
  return { marks, child, dir };
}

const pids = (found: readonly { pid: number }[]) => found.map(({ pid }) => pid);
const pidIn = (dir: string, name: string) => Number(readFileSync(join(dir, name), 'utf8'));

test('members are what was started with the marks, in other sessions and without a parent too', async () => {
  const { marks, child, dir } = await marked(
    `setsid sh -c 'sleep 1000 & echo $! >"$DIR/orphan"; exit'
     while [ ! -s "$DIR/orphan" ]; do sleep 0.01; done`,
  );
  expect(pids(members(marks))).toEqual(expect.arrayContaining([child.pid, pidIn(dir, 'orphan')]));
});

test('a child that cleared its environment is a member as long as its parent is', async () => {
  const { marks, dir } = await marked(`env -i sleep 1000 & echo $! >"$DIR/cleared"`);
  expect(pids(members(marks))).toContain(pidIn(dir, 'cleared'));
});

test('all marks must be there, each whole', async () => {
  const { marks, child } = await marked('');
  const pid = child.pid as number;
  expect(isMember(pid, marks)).toBe(true);
  expect(isMember(process.pid, marks)).toBe(false);
  expect(members({ ...marks, COPPICE_ATTEMPT: '2' })).toEqual([]);
  expect(members({ COPPICE_TURN: marks.COPPICE_TURN?.slice(0, -1) ?? '' })).toEqual([]);
});

test('where there is no /proc, ps tells the same', async () => {
  const { marks, child } = await marked('');
  const seen = seenByPs(marks).filter((one) => one.marked);
  expect(pids(seen)).toContain(child.pid);
  expect(seen.find(({ pid }) => pid === child.pid)?.parent).toBe(process.pid);
});

test('stopping waits for those who end by themselves and kills those who do not', async () => {
  const gentle = await marked(`trap 'echo bye >"$DIR/bye"; exit 0' TERM; sleep 1000 &`);
  await stopAll(() => members(gentle.marks), 5_000);
  expect(existsSync(join(gentle.dir, 'bye'))).toBe(true);
  expect(members(gentle.marks)).toEqual([]);

  const stubborn = await marked(`trap '' TERM; sleep 1000 &`);
  const exit = once(stubborn.child, 'exit');
  await stopAll(() => members(stubborn.marks), 100);
  expect(await exit).toEqual([null, 'SIGKILL']);
  expect(members(stubborn.marks)).toEqual([]);
});
