import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inOrder, run } from '../support/model-server/scenario.ts';
import { type Contract, setStage, until } from './stage.ts';

/** Rounds for each agent; more with COPPICE_CRASHES. */
const ROUNDS = Number(process.env.COPPICE_CRASHES ?? 2);

/** `one` is any process of the turn, a tool's too; `watcher` is what a worker is to a turn. */
const VICTIMS = ['supervisor', 'agent', 'all', 'one', 'watcher'] as const;

/** How long an agent's step takes, in milliseconds: the kill comes within that time of the step's beginning. */
const STEP = 400;

const any = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)] as T;

/**
 * Kills part of a turn with SIGKILL at a random moment after its start, or after one of its requests to the model.
 * @param otherwise how the model reports when what it reported with may have been killed
 */
export function crashContract(contract: Contract, otherwise = contract.report): void {
  for (let round = 1; round <= ROUNDS; round++) {
    const victim = any(VICTIMS);
    const request = any([0, 1, 2, 3]);
    const delay = Math.floor(Math.random() * (contract.step ?? STEP));
    test(`crash ${round}: its ${victim} killed ${delay} ms after request ${request}, a turn ends done, never beside itself`, async () => {
      let clashes = 0;
      const reached = Promise.withResolvers<void>();
      const done = { kind: 'done', summary: 'Works.' } as const;
      const steps = inOrder(
        run('true'),
        run('git commit --quiet --allow-empty -m "Work"'),
        // Twice: the first may be what is killed, and its agent goes on.
        ...[contract.report(done), otherwise(done)],
      );
      const stage = await setStage(contract, (asked) => {
        const alive = [1, 2, 3, 4, 5].filter((attempt) => stage.members(attempt).length > 0);
        if (alive.length > 1) clashes += 1;
        if (stage.server.asked.length === request) reached.resolve();
        return steps(asked);
      });
      const prompt = async (again: boolean) => {
        if (again && stage.members().length > 0) clashes += 1;
        return again ? 'Go on.' : 'Say hello.';
      };
      const gate = join(stage.ports.turns, stage.turn.id, 'attempt-1', 'gate');
      const watcher = victim === 'watcher' ? stage.runElsewhere() : undefined;
      const watched = watcher ? undefined : stage.run({}, { prompt });

      const moment = request === 0 ? until(() => existsSync(gate)) : reached.promise;
      await Promise.race([moment, watched ?? moment]);
      await sleep(delay);
      const supervisor = Number(readFileSync(gate, 'utf8'));
      const pids = stage.members(1).map(({ pid }) => pid);
      const killed = {
        supervisor: pids.filter((pid) => pid === supervisor),
        agent: pids.filter((pid) => pid !== supervisor),
        all: pids,
        one: pids.length > 0 ? [any(pids)] : [],
        watcher: watcher?.pid === undefined ? [] : [watcher.pid],
      }[victim];
      for (const pid of killed) kill(pid);

      const ending = await (watched ?? stage.run({}, { prompt }));
      expect(ending.outcome, JSON.stringify(ending)).toMatchObject({ kind: 'done' });
      // One that knows no conversation of that name, since it was killed before it kept one, starts anew.
      expect(ending.attempts).toBeLessThanOrEqual(3);
      expect(clashes).toBe(0);
      expect(stage.members()).toEqual([]);
      expect(readdirSync(stage.turn.git?.own ?? '').filter((name) => /\.lock$/.test(name))).toEqual(
        [],
      );
      if (victim !== 'one')
        expect(await stage.work()).toMatchObject({ branch: 'issue-124', uncommitted: 0 });
      if (victim !== 'one') expect((await stage.work()).commits).toBeGreaterThanOrEqual(1);
    });
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
