import { expect, test } from 'vitest';
import { accountOf } from '../../src/agents/account.ts';
import { ADAPTERS } from '../../src/agents/adapters/index.ts';
import { AgentSettings } from '../../src/domain/settings/agent-settings.ts';

const settings = AgentSettings.parse({});

test('an account is told by its login, and never tells it', () => {
  const home = { HOME: '/home/dev', ANTHROPIC_MODEL: 'opus' };
  const mine = accountOf(ADAPTERS.claude, settings, home);
  const key = accountOf(ADAPTERS.claude, settings, { ...home, ANTHROPIC_API_KEY: 'sk-secret' });
  const other = accountOf(ADAPTERS.claude, settings, { ...home, ANTHROPIC_API_KEY: 'sk-other' });
  expect(mine.name).toBe('claude (its own login)');
  expect(key.name).toBe('claude (ANTHROPIC_API_KEY)');
  expect(new Set([mine.key, key.key, other.key]).size).toBe(3);
  expect(JSON.stringify([key, other])).not.toMatch(/sk-/);
  expect(accountOf(ADAPTERS.claude, settings, { ...home, PATH: '/bin', LANG: 'C' })).toEqual(mine);
});

test('of an agent whose login is not known the variables named for it tell', () => {
  const gemini = AgentSettings.parse({
    ...{ adapter: 'acp', command: ['/opt/bin/gemini', '--acp'], env: ['GEMINI_API_KEY'] },
  });
  const of = (env: Readonly<Record<string, string>>) => accountOf(ADAPTERS.acp, gemini, env);
  expect(of({}).name).toBe('gemini');
  expect(of({ GEMINI_API_KEY: 'a' }).key).not.toBe(of({ GEMINI_API_KEY: 'b' }).key);
  expect(of({ GEMINI_API_KEY: 'a', OTHER: '1' })).toEqual(of({ GEMINI_API_KEY: 'a', OTHER: '2' }));
});
