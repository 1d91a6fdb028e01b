import { globSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { sandboxAvailability } from '../../src/agents/sandbox/availability.ts';
import { isConfined } from '../../src/agents/sandbox/confine.ts';
import { openCoppice } from '../../src/client/open.ts';
import type { SessionDetail } from '../../src/domain/session/session.ts';
import { down } from '../../src/service/service.ts';
import { installedAt, personsHome, REAL_AGENTS } from '../support/agent-setup.ts';
import { coppice } from '../support/cli.ts';
import { createEnvironment } from '../support/environment.ts';
import { startModelServer } from '../support/model-server/index.ts';
import { TOKEN_REFRESH } from '../support/sample/issues.ts';
import { sampleModel } from '../support/sample/model.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { programOf } from './stage.ts';

/** Until a session is where it should be, on a busy machine, in milliseconds. */
const PATIENCE = 90_000;

type Name = keyof typeof REAL_AGENTS;

async function setScene(agent: Name, program: string) {
  const server = await startModelServer(sampleModel);
  const person = personsHome();
  const environment = await createEnvironment(temporaryDirectory('run'), {
    agent: installedAt(REAL_AGENTS[agent](server.url), program),
    person,
  });
  const { checkout, env, home, repository } = environment;
  onTestFinished(async () => {
    await down({ home, report: () => undefined });
    for (const { pid } of environment.processes()) process.kill(pid, 'SIGKILL');
    await environment.close();
    await server.close();
    rmSync(person, { recursive: true, force: true, maxRetries: 5 });
  });
  return {
    ...environment,
    server,
    async type(...args: string[]) {
      const { exitCode, stderr } = await coppice(args, { cwd: checkout, env });
      expect(exitCode, stderr).toBe(0);
    },
    async becomes(issue: number, what: object) {
      const client = await openCoppice({ env, home });
      const seen = async (): Promise<SessionDetail> =>
        (await client.show(repository, issue)).detail;
      await vi.waitFor(async () => expect(await seen()).toMatchObject(what), {
        ...{ timeout: PATIENCE, interval: 300 },
      });
      await client.close();
    },
  };
}

describe.for(Object.keys(REAL_AGENTS) as Name[])('%s', (agent) => {
  const program = programOf(agent);

  test.skipIf(program === undefined)(
    'takes issues to pull requests in one command, and what it asks is answered on the way',
    { timeout: 3 * PATIENCE },
    async () => {
      const scene = await setScene(agent, program ?? '');
      const { becomes, emulator, home, repository, server, type } = scene;
      await type('run', '123', '124', '--name', 'contract', '--yes');
      await becomes(124, { stuck: { asksFor: 'approval' } });
      await type('guide', '124', '--approve');
      await becomes(124, { stuck: TOKEN_REFRESH });
      await type('guide', '124', 'Use sliding expiration with 20-minute window');
      for (const issue of [123, 124]) await becomes(issue, { record: { status: 'complete' } });

      const git = execa({ cwd: emulator.directory(repository) });
      expect((await git`git show issue-124:src/auth/session.js`).stdout).toContain('MINUTES = 20');
      expect((await git`git show issue-123:src/components/Report.js`).stdout).toContain('xport');
      const heads = emulator.pullRequests(repository).map(({ head }) => head);
      expect(heads.sort()).toEqual(['issue-123', 'issue-124']);
      expect(emulator.violations).toEqual([]);
      expect(server.unknown).toEqual([]);

      const attempts = globSync(join(home.turns, '*/attempt-*/start.json')).map(dirname);
      expect(attempts).toHaveLength(5);
      const { available } = sandboxAvailability(scene.env);
      expect(attempts.map(isConfined)).toEqual(attempts.map(() => available));
      await down({ home, report: () => undefined });
      expect(scene.processes()).toEqual([]);
    },
  );
});
