import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { AgentSettings } from '../domain/settings/agent-settings.ts';
import type { AgentAdapter } from './adapters/adapter.ts';
import type { Environment } from './turn/environment.ts';

/** The account whose usage limit an agent uses. */
export interface Account {
  /** A digest that is the same for the same program and login. */
  readonly key: string;
  /** A name for a person, without a secret. */
  readonly name: string;
}

/**
 * Identifies the account of an agent by its program, its home, and the variables of its login. If Coppice
 * does not know how the agent logs in, all variables that `agent.env` names count.
 */
export function accountOf(
  { name, program, variables, login }: AgentAdapter,
  settings: Pick<AgentSettings, 'command' | 'env'>,
  env: Environment,
): Account {
  const started = settings.command?.[0] ?? program;
  const names = variables.length > 0 ? variables : settings.env;
  const values = ['HOME', ...names].sort().map((variable) => [variable, env[variable] ?? '']);
  const key = login?.keys.find((variable) => env[variable]);
  return {
    key: createHash('sha256')
      .update(JSON.stringify([name, started, values]))
      .digest('hex')
      .slice(0, 32),
    name: login ? `${name} (${key ?? 'its own login'})` : basename(started),
  };
}
