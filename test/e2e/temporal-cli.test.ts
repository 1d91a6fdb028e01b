import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openCoppice } from '../../src/client/open.ts';
import { findTemporalCli } from '../../src/temporal/cli.ts';
import { guideUpdate } from '../../src/workflows/messages.ts';
import { scriptedAgent } from '../support/agent-setup.ts';
import { coppiceUp } from '../support/coppice-up.ts';

/** Long enough for agents to do their work on a busy machine, in milliseconds. */
const PATIENCE = 90_000;

const eventually = (check: () => Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: PATIENCE, interval: 300 });

/** The command lines of the page, in order, to be run one by one. */
function readPage() {
  const page = readFileSync(new URL('../../docs/temporal-cli.md', import.meta.url), 'utf8');
  const lines = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  return {
    lines,
    next: (part: string) => {
      const line = lines.shift();
      if (!line?.includes(part)) throw new Error(`expected ${part} next on the page, not: ${line}`);
      return line;
    },
  };
}

async function setScene() {
  const environment = await coppiceUp('temporal-cli', {
    questions: ['#124: Token refresh approach', '#126: Approve the plan?'],
    agent: scriptedAgent({ SCRIPTED_AGENT_DELAY: '0' }),
  });
  const { root, env, profile, silently } = environment;

  const bin = join(root, 'bin');
  mkdirSync(bin);
  symlinkSync(await findTemporalCli(silently), join(bin, 'temporal'));
  const shell = { PATH: `${bin}:/usr/bin:/bin`, HOME: env.HOME, TEMPORAL_CONFIG_FILE: profile };
  const coppice = await openCoppice(silently);
  onTestFinished(() => coppice.close());
  return {
    ...environment,
    coppice,
    paste: async (line: string): Promise<string> =>
      (await execa('/bin/sh', ['-c', line], { env: shell, extendEnv: false })).stdout,
  };
}

test(
  'the lines on the page about Temporal’s CLI do what it says',
  async () => {
    const { coppice, paste, repository, emulator } = await setScene();
    const { lines, next } = readPage();
    const recordOf = async (issue: number) => (await coppice.show(repository, issue)).detail.record;
    const becomes = (issue: number, status: string) =>
      eventually(async () => expect(await recordOf(issue)).toMatchObject({ status }));
    const merge = async (branch: string) => {
      const found = emulator.pullRequests(repository).find(({ head }) => head === branch);
      await emulator.mergePullRequest(repository, found?.number ?? 0);
    };

    await paste(next('--type issueWorkflow'));
    await becomes(124, 'stuck');
    expect(await paste(next('--type status'))).toMatch(/"status":\s*"stuck"/);
    expect(await paste(next('--type detail'))).toMatch(/"options":\s*\[/);
    const list = next('workflow list');
    await eventually(async () => expect(await paste(list)).toContain('acme/app/issues/124'));
    await paste(next('guidance'));
    await becomes(124, 'complete');
    expect((await coppice.show(repository, 124)).detail.guidance).toMatchObject([
      { text: 'Use sliding expiration with 15-minute window', action: 'answer' },
    ]);

    await paste(next('"interrupt"'));
    await eventually(async () =>
      expect((await coppice.show(repository, 124)).detail.guidance.at(-1)).toMatchObject({
        text: 'Leave the old tests as they are',
      }),
    );

    await paste(next('--name guide'));
    expect((await coppice.show(repository, 124)).detail.guidance.at(-1)).toMatchObject({
      text: 'Leave the changelog alone too',
    });

    await paste(next('--type runWorkflow'));
    await becomes(126, 'stuck');
    expect(await paste(next('runs/tokens --type status'))).toMatch(/"waitingFor":\s*"#126"/);
    const open = async () => (await coppice.runs(repository)).find(({ name }) => name === 'tokens');
    await paste(next('--name setConcurrency'));
    await paste(next('--name add'));
    expect(await open()).toMatchObject({ concurrency: 3, queue: [{ issue: 127 }, { issue: 125 }] });
    await paste(next('--name drop'));
    expect((await open())?.queue.map(({ issue }) => issue)).toEqual([127]);
    await paste(next('--name pause'));
    expect(await open()).toMatchObject({ paused: true });
    await paste(next('--name resume'));
    expect(await open()).toMatchObject({ paused: false });
    await paste(next('"approve"'));
    await becomes(126, 'complete');
    await becomes(127, 'complete');
    await paste(next('workflow cancel'));
    await becomes(127, 'cancelled');

    const [result] = await Promise.all([paste(next('workflow result')), merge('issue-126')]);
    expect(result).toMatch(/"merged":\s*\[126\]/);
    expect(result).toMatch(/"cancelled":\s*\[127\]/);
    expect(await paste(next('workflow metadata'))).toContain(guideUpdate.options.description);
    expect(lines).toEqual([]);
    expect(emulator.violations).toEqual([]);
  },
  PATIENCE * 3,
);
