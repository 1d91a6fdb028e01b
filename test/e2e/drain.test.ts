import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openCoppice } from '../../src/client/open.ts';
import { down, up } from '../../src/service/service.ts';
import { rememberRepository } from '../../src/state/repositories.ts';
import { createEnvironment } from '../support/environment.ts';
import { expectQuestions } from '../support/questions.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** A directory with a GitHub CLI that makes the file `begun` and thinks for a while. */
function slowGitHubCli(root: string, begun: string): string {
  const directory = join(root, 'bin');
  mkdirSync(directory);
  const script = `#!/bin/sh\ntouch '${begun}'\nsleep 5\necho token\n`;
  writeFileSync(join(directory, 'gh'), script, { mode: 0o755 });
  return directory;
}

// Libraries that tidy up behind a child process or a file end ours at a signal, if nobody else seems to listen to it.
test('a worker told to stop in the middle of a command drains, and leaves nothing running', async () => {
  const root = temporaryDirectory('drain');
  const begun = join(root, 'begun');
  const environment = await createEnvironment(root);
  const { home, repository, checkout } = environment;
  const { GITHUB_TOKEN: _, ...rest } = environment.env;
  const env = { ...rest, PATH: `${slowGitHubCli(root, begun)}:${rest.PATH}` };
  const silently = { env, home, report: () => undefined };
  onTestFinished(async () => {
    await down(silently);
    await environment.close();
    expectQuestions(home, []);
  });
  await rememberRepository(home, repository, checkout);
  await up(silently);
  const coppice = await openCoppice({ env, home });
  await coppice.startRun({ repository, name: 'drain', issues: [{ issue: 123 }] });
  await coppice.close();
  await expect.poll(() => existsSync(begun), { timeout: 90_000 }).toBe(true);

  await down(silently);

  expect(readFileSync(join(home.service, 'worker.log'), 'utf8')).toContain('state=STOPPED');
  expect(environment.processes()).toEqual([]);
});

test('a worker whose GitHub does not answer stops without waiting for it', async () => {
  const environment = await createEnvironment(temporaryDirectory('silent'));
  const { home } = environment;
  const asked: (string | undefined)[] = [];
  const silent = createServer(({ url }) => {
    asked.push(url);
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const env = { ...environment.env, GITHUB_API_URL: `http://127.0.0.1:${port}` };
  const silently = { env, home, report: () => undefined };
  onTestFinished(async () => {
    await down(silently);
    silent.closeAllConnections();
    silent.close();
    await environment.close();
  });
  await up(silently);
  await expect.poll(() => asked.length, { timeout: 90_000 }).toBeGreaterThan(0);

  const before = [...asked];
  await down(silently);

  // It would be asked again before the worker gives it up.
  expect(asked).toEqual(before);
  expect(environment.processes()).toEqual([]);
});
