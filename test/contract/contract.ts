import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Detached, type TurnPorts } from '../../src/agents/turn/ports.ts';
import { withDefaults } from '../../src/domain/session/options.ts';
import type { ReportedOutcome } from '../../src/domain/session/turn.ts';
import { stopAll } from '../../src/process/stop.ts';
import { inOrder, run, type Scenario } from '../support/model-server/scenario.ts';
import { type Contract, programOf, setStage, until } from './stage.ts';

const COMMIT = 'echo hello >hello.txt && git add hello.txt && git commit --quiet -m "Say hello"';
export const DONE = { kind: 'done', summary: 'Says hello.' } as const;
export const STUCK: Extract<ReportedOutcome, { kind: 'stuck' }> = {
  kind: 'stuck',
  decision: 'Hello or goodbye?',
  options: withDefaults(['hello', 'goodbye']),
  context: 'The issue leaves it open.',
};

/** Describes an agent's contract, unless it could not be installed here. */
export function contractOf(contract: Contract, tests: () => void): void {
  describe.skipIf(programOf(contract.agent) === undefined)(contract.agent, tests);
}

/** What every agent must do through its adapter. */
export function commonContract(contract: Contract): void {
  worksAndGoesOn(contract, false);

  test('an overloaded model is no failure of the session', async () => {
    const stage = await setStage(contract, () => ({ fault: 'overloaded' }));
    expect((await stage.run()).outcome.kind).toBe('unavailable');
  });

  test('a model that answers with something else is not taken for one that is done', async () => {
    const stage = await setStage(contract, () => ({ fault: 'malformed' }));
    expect(
      (await stage.run({ timeout: contract.longPollActivities ? 10 : 60 })).outcome,
    ).toMatchObject(
      contract.longPollActivities
        ? { kind: 'failed', reason: 'timed out' }
        : { kind: 'unavailable' },
    );
  });

  test('a turn without an outcome is not done', async () => {
    const stage = await setStage(contract, inOrder(run(COMMIT)));
    expect((await stage.run()).outcome.kind).toBe('invalid');
  });
}

/** The course of a session: work, a question, its answer, and a crash. */
export function worksAndGoesOn(contract: Contract, sandboxed: boolean): void {
  const { report } = contract;
  const how = { sandboxed };

  test('it works in its worktree, commits, and is done', async () => {
    const stage = await setStage(contract, inOrder(run(COMMIT), report(DONE)), how);
    expect(await stage.run()).toMatchObject({
      outcome: DONE,
      ...(!contract.anonymous && { conversation: expect.any(String) }),
      denials: [],
      attempts: 1,
    });
    expect(await stage.work()).toMatchObject({ commits: 1, uncommitted: 0, branch: 'issue-124' });
    expect(stage.server.asked[0]?.prompt).toContain('Say hello.');
    expect(stage.members()).toEqual([]);
  });

  test('it is stuck, and guidance reaches it in the same conversation', async () => {
    const scenario: Scenario = (asked) =>
      asked.prompt.includes('Hello, please.')
        ? inOrder(
            run(COMMIT),
            report({ ...DONE, summary: asked.before.join(' | ').slice(-200) }),
          )(asked)
        : inOrder(report(STUCK))(asked);
    const stage = await setStage(contract, scenario, how);
    const first = await stage.run();
    expect(first.outcome).toEqual(STUCK);
    const second = await stage.run(
      {
        id: `${stage.turn.id}.guided`,
        kind: 'guidance',
        resume: true,
        conversation: first.conversation ?? stage.turn.conversation,
      },
      { prompt: async () => 'Hello, please.' },
    );
    expect(second).toMatchObject({
      outcome: { kind: 'done', summary: expect.stringContaining('Say hello.') },
      ...(!contract.anonymous && { conversation: first.conversation }),
      attempts: 1,
    });
    expect(await stage.work()).toMatchObject({ commits: 1 });
  });

  test('after kill -9 in mid-turn it goes on in the same conversation, never beside itself', async () => {
    let alive = -1;
    const scenario: Scenario = (asked) => {
      if (!asked.prompt.includes('Go on.')) return run('touch .coppice/started; sleep 1000')(asked);
      if (asked.results.length === 0) alive = stage.members(1).length;
      return inOrder(
        run(COMMIT),
        report({ ...DONE, summary: asked.before.join(' | ').slice(-200) }),
      )(asked);
    };
    const stage = await setStage(contract, scenario, how);
    const ending = stage.run();
    await Promise.race([
      ending,
      until(() => existsSync(join(stage.worktree, '.coppice', 'started'))),
    ]);
    await stopAll(() => stage.members(1), 0);
    expect(await ending).toMatchObject({
      outcome: { kind: 'done', summary: expect.stringContaining('Say hello.') },
      attempts: 2,
    });
    expect(alive).toBe(0);
    expect(stage.members()).toEqual([]);
  });
}

/** Runs a turn that is to go on by itself, until a condition holds; then it is cancelled. */
export async function cancelOnce(
  stage: Awaited<ReturnType<typeof setStage>>,
  condition: () => boolean,
  ports: Partial<TurnPorts> = {},
): Promise<void> {
  const leaving = new AbortController();
  const ending = stage.run({}, { ...ports, signal: leaving.signal });
  await Promise.race([ending, until(condition)]);
  leaving.abort('cancelled');
  await expect(ending).rejects.toThrow(new Detached('cancelled'));
}
