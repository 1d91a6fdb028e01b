import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { inOrder, run } from '../support/model-server/scenario.ts';
import { describeSandboxed } from '../support/sandbox.ts';
import { STUCK, worksAndGoesOn } from './contract.ts';
import { type Contract, setStage } from './stage.ts';

/** What every agent must do in Coppice's sandbox too, and what it can't do there. */
export function sandboxContract(contract: Contract): void {
  describeSandboxed('in the sandbox', () => {
    worksAndGoesOn(contract, true);

    test('what it is kept from is told with its question, and with the lines that allow it', async () => {
      const { port, asked } = await unlisted();
      const fetching = (host: string) =>
        `"${process.execPath}" -e 'fetch("http://${host}").then((r) => r.text()).then(console.log)'`;
      const stage = await setStage(
        contract,
        inOrder(
          run('echo x >../outside.txt'),
          // OpenCode looks for paths in a command before it runs it.
          run("sh -c 'cat ~/.ssh/id ~/.config/gh/hosts.yml'"),
          run(`${fetching(`127.0.0.1:${port}`)}; ${fetching('docs.test')}`),
          contract.report(STUCK),
        ),
        { sandboxed: true },
      );
      for (const directory of ['.ssh', '.config/gh'])
        mkdirSync(join(stage.home, directory), { recursive: true });
      writeFileSync(join(stage.home, '.ssh/id'), 'private key');
      writeFileSync(join(stage.home, '.config/gh/hosts.yml'), 'oauth_token: private');

      const { outcome } = await stage.run();
      expect(outcome).toEqual({
        ...STUCK,
        context: [
          STUCK.context,
          'The sandbox refused:',
          `  connections to docs.test:80`,
          `  writing ${join(stage.root, 'outside.txt')}`,
          'To allow them from the next turn on, add to coppice.yaml:',
          '  access:',
          `    hosts: [docs.test:80]`,
          `    write: [${stage.root}]`,
        ].join('\n'),
      });
      expect(existsSync(join(stage.root, 'outside.txt'))).toBe(false);
      expect(asked()).toBe(0);
      const told = stage.server.asked.find(({ results }) => results.length === 3)?.results.join();
      expect(told).toContain('.ssh/id');
      expect(told).not.toContain('private');
    });
  });
}

/** A server that no list names. */
async function unlisted(): Promise<{ readonly port: number; readonly asked: () => number }> {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.end('private');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, asked: () => asked };
}
