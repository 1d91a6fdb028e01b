import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { renewedLogin } from '../../src/agents/sandbox/renewed-login.ts';
import { AgentSettings } from '../../src/domain/settings/agent-settings.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const CLAUDE = '.claude/.credentials.json';
const CODEX = '.codex/auth.json';

function homeWith(path: string, text: string): string {
  const home = temporaryDirectory('login');
  mkdirSync(dirname(join(home, path)));
  writeFileSync(join(home, path), text);
  return home;
}

const look = (
  adapter: 'claude' | 'codex',
  home: string,
  env: Record<string, string> = {},
  write: string[] = [],
) => renewedLogin(AgentSettings.parse({ adapter }), env, { write }, home);

test('a subscription that its agent renews is found, and one that is never renewed is not', () => {
  const claude = homeWith(CLAUDE, '{"claudeAiOauth":{"accessToken":"a","refreshToken":"r"}}');
  expect(look('claude', claude)).toBe(`~/${CLAUDE}`);
  const codex = homeWith(CODEX, '{"OPENAI_API_KEY":null,"tokens":{"refresh_token":"r"}}');
  expect(look('codex', codex)).toBe(`~/${CODEX}`);
  expect(look('codex', homeWith(CODEX, '{"OPENAI_API_KEY":"k"}'))).toBeUndefined();
  expect(look('claude', temporaryDirectory('none'))).toBeUndefined();
});

test('with a key, a token of its own, or the file opened, nothing runs out', () => {
  const home = homeWith(CLAUDE, '{"claudeAiOauth":{"refreshToken":"r"}}');
  expect(look('claude', home, { ANTHROPIC_API_KEY: 'k' })).toBeUndefined();
  expect(look('claude', home, { CLAUDE_CODE_OAUTH_TOKEN: 't' })).toBeUndefined();
  expect(look('claude', home, {}, [`~/${CLAUDE}`])).toBeUndefined();
});
