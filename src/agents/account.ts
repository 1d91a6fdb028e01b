import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { AgentSettings } from '../domain/settings/agent-settings.ts';
import type { AgentAdapter } from './adapters/adapter.ts';
import type { Environment } from './turn/environment.ts';

/** Whose usage an agent draws on. */
export interface Account {
  /** A digest: the same for the same program and login. */
  readonly key: string;
  /** In words for a person, without any secret. */
  readonly name: string;
}

/**
 * The account of an agent, as far as its surroundings tell: its program, its home, and its login's variables; of an agent
 * whose login Coppice does not know, all variables that the person named for it.
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
