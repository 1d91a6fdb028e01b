import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test, vi } from 'vitest';
import { scriptedAgent } from '../support/agent-setup.ts';
import { coppiceUp } from '../support/coppice-up.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/start-run.ts', import.meta.url));

/** Long enough for an agent to do its work on a busy machine, in milliseconds. */
const PATIENCE = 90_000;

test(
  'a plain script starts a run, says which, and waits for its end',
  async () => {
    const { env, repository, emulator } = await coppiceUp('start-run', {
      agent: scriptedAgent({ SCRIPTED_AGENT_DELAY: '0' }),
    });

    const script = execa(process.execPath, [SCRIPT, '--repo', repository, '123'], { env });
    const lines = script[Symbol.asyncIterator]();
    const { value: started } = await lines.next();
    expect(started).toMatch(/^coppice\/acme\/app\/runs\/\S+-script http:\/\/\S+$/);

    const pullRequest = await vi.waitFor(
      () => {
        const [found] = emulator.pullRequests(repository);
        expect(found).toBeDefined();
        return found;
      },
      { timeout: PATIENCE, interval: 300 },
    );
    expect(pullRequest).toMatchObject({ head: 'issue-123', state: 'open' });
    await emulator.mergePullRequest(repository, pullRequest?.number ?? 0);
    expect((await script).stdout).toContain('merged: [ 123 ]');
  },
  PATIENCE * 2,
);
