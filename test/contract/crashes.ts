import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inOrder, run } from '../support/model-server/scenario.ts';
import { type Contract, setStage } from './stage.ts';

/** Rounds for each agent; more with COPPICE_CRASHES. */
const ROUNDS = Number(process.env.COPPICE_CRASHES ?? 2);

const VICTIMS = ['supervisor', 'agent', 'all'] as const;

const any = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)] as T;

/** Kills part of a turn with SIGKILL at a random one of the agent's requests to its model. */
export function crashContract(contract: Contract): void {
  for (let round = 1; round <= ROUNDS; round++) {
    const victim = any(VICTIMS);
    const moment = any([1, 2, 3]);
    test(`crash ${round}: its ${victim} killed at request ${moment}, a turn ends done, never beside itself`, async () => {
      let clashes = 0;
      const steps = inOrder(
        run('true'),
        run('git commit --quiet --allow-empty -m "Work"'),
        contract.report({ kind: 'done', summary: 'Works.' }),
      );
      const stage = await setStage(contract, (asked) => {
        const alive = [1, 2, 3].filter((attempt) => stage.members(attempt).length > 0);
        if (alive.length > 1) clashes += 1;
        if (stage.server.asked.length === moment) kill();
        return steps(asked);
      });
      const kill = () => {
        const gate = join(stage.ports.turns, stage.turn.id, 'attempt-1', 'gate');
        const supervisor = Number(readFileSync(gate, 'utf8'));
        const pids = stage.members(1).map(({ pid }) => pid);
        const killed = {
          supervisor: [supervisor],
          agent: pids.filter((pid) => pid !== supervisor),
          all: pids,
        }[victim];
        for (const pid of killed) process.kill(pid, 'SIGKILL');
      };
      expect(await stage.run()).toMatchObject({ outcome: { kind: 'done' }, attempts: 2 });
      expect(clashes).toBe(0);
      expect(stage.members()).toEqual([]);
    });
  }
}
