import { readFileSync } from 'node:fs';
import type { AgentSettings } from '../../domain/settings/agent-settings.ts';
import type { Access } from '../../domain/settings/sandbox.ts';
import type { Environment } from '../turn/environment.ts';
import { agentNeeds } from './agents.ts';
import { fromHome, isWithin } from './paths.ts';

/** Variables with which an agent needs no login that it renews. */
const INSTEAD = ['CLAUDE_CODE_OAUTH_TOKEN', 'CODEX_API_KEY', 'OPENAI_API_KEY'];

/**
 * The file of a login that the agent renews by itself, such as a subscription's, which it can't do in the sandbox: when it runs out,
 * sessions ask. Undefined where there is none, or where the person has opened the file.
 * @param env what the agent sees
 */
export function renewedLogin(
  settings: AgentSettings,
  env: Environment,
  { write }: Pick<Access, 'write'>,
  home: string,
): string | undefined {
  const { login, model } = agentNeeds(settings, env);
  if (!login || model || INSTEAD.some((name) => env[name])) return undefined;
  const file = fromHome(login.file, home);
  if (write.some((path) => isWithin(file, fromHome(path, home)))) return undefined;
  return renews(file) ? login.file : undefined;
}

function renews(file: string): boolean {
  try {
    return /"refresh_?token"\s*:\s*"[^"]/i.test(readFileSync(file, 'utf8'));
  } catch {
    return false;
  }
}
