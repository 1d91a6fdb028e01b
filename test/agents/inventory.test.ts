import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { agentProblem, inventory } from '../../src/agents/inventory.ts';
import { AgentSettings } from '../../src/domain/settings/agent-settings.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** A directory of programs that tell a version and whether they are logged in. */
function host(programs: Readonly<Record<string, { version: string; login?: string }>>) {
  const directory = temporaryDirectory('programs');
  for (const [name, { version, login = 'exit 1' }] of Object.entries(programs)) {
    const path = join(directory, name);
    writeFileSync(path, `#!/bin/sh\n[ "$1" = --version ] && echo "${version}" && exit\n${login}\n`);
    chmodSync(path, 0o755);
  }
  return { PATH: `${directory}:/usr/bin:/bin` };
}

const settings = AgentSettings.parse({});

test('agents are listed with their version, their login and what they can do', async () => {
  const env = host({
    claude: { version: '2.1.330 (Claude Code)', login: `echo '{ "loggedIn": true }'` },
    codex: { version: 'codex-cli 0.169.0' },
  });
  expect(await inventory([settings], env, '/')).toEqual([
    expect.objectContaining({
      adapter: 'claude',
      configured: true,
      installed: true,
      version: '2.1.330',
      loggedIn: true,
    }),
    expect.objectContaining({
      adapter: 'codex',
      configured: false,
      version: '0.169.0',
      loggedIn: false,
      abilities: expect.objectContaining({ sandbox: 'its own' }),
    }),
  ]);
  const withKey = await inventory([settings], { ...env, CODEX_API_KEY: 'x' }, '/');
  expect(withKey[1]).toMatchObject({ loggedIn: true });
});

test('a missing agent is told with how to install it', async () => {
  const problem = await agentProblem(settings, host({}), '/');
  expect(problem).toBe(
    'there is no program claude: install Claude Code (npm install -g @anthropic-ai/claude-code) and log in with `claude`',
  );
  const [claude, codex] = await inventory([settings], host({}), '/');
  expect(claude).toMatchObject({ installed: false, problem });
  expect(codex).toMatchObject({ installed: false });
});

test.each([
  ['2.1.99 (Claude Code)', 'claude has version 2.1.99, but 2.1.330 or newer is needed'],
  ['what?', 'claude has an unknown version'],
])('an agent of version %s is too old', async (version, problem) => {
  const env = host({ claude: { version } });
  expect(await agentProblem(settings, env, '/')).toContain(problem);
});

test('a program of one’s own needs no version', async () => {
  const own = (command?: string[]) => AgentSettings.parse({ adapter: 'command', command });
  expect(await agentProblem(own(['sh']), { PATH: '/usr/bin:/bin' }, '/')).toBeUndefined();
  expect(await agentProblem(own(), {}, '/')).toContain('agent.command is not set');
});
