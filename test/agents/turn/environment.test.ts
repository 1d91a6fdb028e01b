import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { claude } from '../../../src/agents/adapters/claude.ts';
import { command } from '../../../src/agents/adapters/command.ts';
import { agentEnvironment, isProgram, redactor } from '../../../src/agents/turn/environment.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const PERSON = {
  PATH: '/bin',
  HOME: '/home/ada',
  LC_ALL: 'C.UTF-8',
  GITHUB_TOKEN: 'ghp_1',
  GH_TOKEN: 'ghp_2',
  GITHUB_APP_PRIVATE_KEY_FILE: '/home/ada/key.pem',
  GITHUB_WEBHOOK_SECRET: 'shared',
  SSH_AUTH_SOCK: '/run/agent',
  TEMPORAL_API_KEY: 'temporal-key',
  TEMPORAL_ADDRESS: 'there:7233',
  ANTHROPIC_API_KEY: 'sk-ant-1234',
  DATABASE_URL: 'postgres://',
  AWS_SECRET_ACCESS_KEY: 'aws-secret',
};

test('an agent sees what it needs to run, its own login, and what the person named', () => {
  const seen = agentEnvironment(PERSON, claude, { env: ['DATABASE_URL'] }, 'origin');
  expect(seen).toMatchObject({ PATH: '/bin', HOME: '/home/ada', LC_ALL: 'C.UTF-8' });
  expect(seen).toMatchObject({ ANTHROPIC_API_KEY: 'sk-ant-1234', DATABASE_URL: 'postgres://' });
  expect(seen).not.toHaveProperty('AWS_SECRET_ACCESS_KEY');
  expect(agentEnvironment(PERSON, command, { env: [] }, 'origin')).not.toHaveProperty(
    'ANTHROPIC_API_KEY',
  );
});

test('an agent never sees what pushes, reads GitHub or commands Temporal, even if it is named', () => {
  const env = Object.keys(PERSON).filter((name) => /^(GITHUB|GH|SSH|TEMPORAL)_/.test(name));
  const seen = agentEnvironment(PERSON, claude, { env }, 'origin');
  for (const name of env) expect(seen).not.toHaveProperty(name);
});

test('an agent’s git fetches and commits, but does not push, neither to a remote nor to an address', () => {
  const directory = temporaryDirectory();
  const env = agentEnvironment(process.env, command, { env: [] }, 'upstream');
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: directory, env, encoding: 'utf8', stdio: 'pipe' });
  const there = join(directory, 'there.git');
  git('init', '-q', '--bare', there);
  git('init', '-q', '-b', 'main', '.');
  git('remote', 'add', 'upstream', there);
  git('remote', 'add', 'other', there);
  git('-c', 'user.name=A', '-c', 'user.email=a@b', 'commit', '-q', '--allow-empty', '-m', 'x');
  git('fetch', '-q', 'upstream');
  for (const where of ['upstream', 'other', there, `file://${there}`])
    expect(() => git('push', where, 'main')).toThrow(/coppice-agents-do-not-push/);
  expect(git('ls-remote', there)).toBe('');
});

test('values of secret variables are taken out of texts', () => {
  const seen = agentEnvironment(PERSON, claude, { env: [] }, 'origin');
  expect(redactor(seen)('curl -H "x-api-key: sk-ant-1234" /home/ada')).toBe(
    'curl -H "x-api-key: [secret]" /home/ada',
  );
});

test('a program is found on PATH, by its path, or from the worktree, when it can be run', () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'tool'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(join(directory, 'text'), '');
  const env = { PATH: `/nowhere:${directory}` };
  expect(isProgram('tool', env, '/')).toBe(true);
  expect(isProgram(join(directory, 'tool'), { PATH: '' }, '/')).toBe(true);
  expect(isProgram('./tool', { PATH: '' }, directory)).toBe(true);
  expect(isProgram('text', env, '/')).toBe(false);
  expect(isProgram('absent', env, '/')).toBe(false);
  expect(isProgram('', env, directory)).toBe(false);
});
