import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openCoppice } from '../../src/client/open.ts';
import { identify } from '../../src/process/identity.ts';
import { down, serviceState, up } from '../../src/service/service.ts';
import { scriptedAgent } from '../support/agent-setup.ts';
import { coppice } from '../support/cli.ts';
import { createEnvironment } from '../support/environment.ts';
import { expectQuestions } from '../support/questions.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** Long enough for a heartbeat to be missed, an activity to be retried and a server to come back, on a busy machine. */
const PATIENCE = 90_000;

const eventually = (check: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: PATIENCE, interval: 200 });

test.for(['nothing', 'worker', 'temporal'] as const)(
  'guidance that can’t wait reaches an agent in mid-turn once, in its next turn; killed meanwhile: %s',
  { timeout: PATIENCE * 3 },
  async (victim) => {
    const root = temporaryDirectory('interrupt');
    const pauseFile = join(root, 'pause');
    const scene = await createEnvironment(root, {
      // Agents tell of themselves in files beside their worktrees.
      config: { sandbox: 'off' },
      agent: scriptedAgent({ SCRIPTED_AGENT_PAUSE_FILE: pauseFile, SCRIPTED_AGENT_DELAY: '20' }),
    });
    const { env, home, checkout, repository } = scene;
    const silent = { report: () => undefined };
    onTestFinished(async () => {
      await rm(pauseFile, { force: true });
      await down({ home, ...silent });
      for (const { pid } of scene.processes()) process.kill(pid, 'SIGKILL');
      await scene.close();
      expectQuestions(home, []);
    });
    await up({ env, home, ...silent });
    const cli = async (...args: string[]) => {
      const { exitCode, stderr } = await coppice(args, { cwd: checkout, env });
      expect(exitCode, stderr).toBe(0);
    };
    const mark = `${pauseFile}.125`;
    const agent = () => (existsSync(mark) ? Number(readFileSync(mark, 'utf8')) : 0);

    await writeFile(pauseFile, '');
    await cli('run', '125', '--yes');
    await eventually(() => expect(agent()).toBeGreaterThan(0));
    const first = agent();
    await cli('guide', '125', 'Keep the old colours', '--interrupt');
    const pid = victim === 'nothing' ? undefined : serviceState(home)?.pids[victim];
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    await eventually(() => expect(agent()).not.toBe(first));
    expect(identify(first)).toBeUndefined();
    await rm(pauseFile);

    await using client = await opened({ env, home });
    await eventually(async () => {
      const { detail } = await client.coppice.show(repository, 125);
      expect(detail.record.status).toBe('complete');
      const outcomes = detail.turns.map(({ outcome }) => outcome);
      expect(outcomes.filter((outcome) => outcome === 'interrupted')).toHaveLength(1);
    });
    const prompts = readdirSync(home.turns)
      .filter((name) => name.includes('.125.'))
      .flatMap((name) => {
        const prompt = join(home.turns, name, 'attempt-1', 'prompt');
        return existsSync(prompt) ? [readFileSync(prompt, 'utf8')] : [];
      });
    expect(prompts.filter((prompt) => prompt.includes('Keep the old colours'))).toHaveLength(1);
    expect(scene.emulator.violations).toEqual([]);
  },
);

async function opened(options: Parameters<typeof openCoppice>[0]) {
  const coppice = await openCoppice(options);
  return { coppice, [Symbol.asyncDispose]: () => coppice.close() };
}
