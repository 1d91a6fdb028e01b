import type { AgentEntry } from '../../agents/inventory.ts';
import { AgentSettings, allAgents } from '../../domain/settings/agent-settings.ts';
import type { Context } from '../context.ts';

/** Lists what agents this host has, and what each can do. */
export async function agents(context: Context, options: { json?: true }): Promise<void> {
  const { services, terminal, cwd } = context;
  const checkout = await services.checkout(cwd);
  const settings = checkout
    ? allAgents(await services.loadConfig(checkout.path))
    : [AgentSettings.parse({})];
  const entries = await services.agents(settings, checkout?.path ?? cwd);
  terminal.out(
    options.json ? JSON.stringify(entries, null, 2) : entries.map(described).join('\n\n'),
  );
}

function described(entry: AgentEntry): string {
  const { adapter, configured, program, version, loggedIn, abilities, problem, note } = entry;
  const state = entry.installed ? [program, version].filter(Boolean).join(' ') : 'not installed';
  return [
    `${adapter}${configured ? ' (the one of coppice.yaml)' : ''}: ${state}`,
    ...(loggedIn === undefined ? [] : [`  ${loggedIn ? 'logged in' : 'not logged in'}`]),
    `  resume ${abilities.resume}; outcome by ${abilities.outcome}; cost ${abilities.cost}; sandbox ${abilities.sandbox}`,
    ...[problem, note].flatMap((line) => (line === undefined ? [] : [`  ${line}`])),
  ].join('\n');
}
