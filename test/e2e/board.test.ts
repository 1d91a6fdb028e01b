import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { scriptedAgent } from '../support/agent-setup.ts';
import { closeBrowser, openPage } from '../support/browser.ts';
import { COPPICE, coppice } from '../support/cli.ts';
import { coppiceUp } from '../support/coppice-up.ts';

/** An agent's turn, on a busy machine. In milliseconds. */
const PATIENCE = { timeout: 120_000 };

closeBrowser();

test.skipIf(openPage === undefined)(
  '#124 is approved and answered in the browser, and goes on to its pull request',
  { timeout: 400_000 },
  async () => {
    const { checkout, env, emulator } = await coppiceUp('board-page', {
      agent: scriptedAgent(),
      questions: ['#124: Approve the plan?', '#124: Token refresh approach'],
    });
    const { exitCode, stderr } = await coppice(['run', '124', '--yes'], { cwd: checkout, env });
    expect(exitCode, stderr).toBe(0);

    const command = execa(process.execPath, [COPPICE, 'board', '--port', '0'], {
      ...{ cwd: checkout, env, extendEnv: false, reject: false, buffer: false },
    });
    onTestFinished(async () => {
      command.kill('SIGINT');
      expect(await command).toMatchObject({ exitCode: 130 });
    });
    const [link = ''] = await lines(command.stdout, 1);
    const page = await openPage?.(link);
    if (!page) return;

    await page.getByRole('button', { name: '#124 needs your answer' }).click(PATIENCE);
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'approve it' }).click(PATIENCE);
    await dialog.getByRole('button', { name: 'sliding expiration' }).click(PATIENCE);
    await dialog.getByRole('button', { name: 'Close' }).click();
    const lane = page.getByRole('region', { name: 'Pull request' });
    await lane.getByRole('link', { name: 'Pull request of #124' }).waitFor(PATIENCE);
    expect(emulator.violations).toEqual([]);
  },
);

/** The first `count` lines of a stream. */
async function lines(stream: NodeJS.ReadableStream, count: number): Promise<string[]> {
  const found: string[] = [];
  for await (const line of createInterface({ input: stream })) {
    found.push(line);
    if (found.length === count) break;
  }
  return found;
}
