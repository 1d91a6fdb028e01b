import { homedir } from 'node:os';
import { ADAPTERS } from '../../agents/adapters/index.ts';
import { agentNeeds } from '../../agents/sandbox/agents.ts';
import { explainSandbox, type SandboxResources } from '../../agents/sandbox/explain.ts';
import { registriesLine } from '../../agents/sandbox/registries/registries.ts';
import { agentEnvironment } from '../../agents/turn/environment.ts';
import { Config } from '../../config/schema.ts';
import type { Context } from '../context.ts';

/** Why a place is open, in words. */
const WHY: Readonly<Record<string, string>> = {
  system: 'the system',
  tools: 'your tools',
  'access.read': 'access.read of coppice.yaml',
  'agent.env': 'files that variables of agent.env name',
  agent: 'the agent and its program',
  Coppice: 'Coppice itself',
};

/** Tells what a program in the sandbox has of this machine, beside its worktree and a home of its own. */
export async function sandbox(
  { services, terminal, env, cwd }: Context,
  options: { readonly explain?: true; readonly json?: true },
): Promise<void> {
  const checkout = await services.checkout(cwd);
  const config = checkout ? await services.loadConfig(checkout.path) : Config.parse({});
  const seen = agentEnvironment(env, ADAPTERS[config.agent.adapter], config.agent, config.remote);
  const ground = await explainSandbox(
    config.access,
    agentNeeds(config.agent, seen),
    env,
    env.HOME ?? homedir(),
    checkout?.path,
  );
  if (options.json) return terminal.out(JSON.stringify(ground, null, 2));
  const found = await services.sandbox();
  if (config.sandbox === 'off') terminal.out('coppice.yaml switches the sandbox off.');
  else if (!found.available)
    terminal.out(`This host has no sandbox (${found.reason}): ${found.install}`);
  terminal.out(inWords(ground, options.explain === true));
}

function inWords(
  { read, write, closed, hosts, registries }: SandboxResources,
  all: boolean,
): string {
  const counted = Map.groupBy(read, ({ why }) => why);
  return [
    'It reads, beside its worktree and the repository’s git data:',
    ...[...counted].flatMap(([why, places]) =>
      all
        ? [`  ${WHY[why] ?? why}:`, ...places.map(({ path }) => `    ${path}`)]
        : [`  ${WHY[why] ?? why}: ${places.length} ${places.length === 1 ? 'place' : 'places'}`],
    ),
    `It writes its worktree, a home and temporary files of its own${write.length > 0 ? ', and:' : '.'}`,
    ...write.map((path) => `  ${path}`),
    ...(closed.length > 0 ? ['Closed in these:', ...closed.map((path) => `  ${path}`)] : []),
    'It reaches:',
    ...hosts.map((host) => `  ${host}`),
    ...registries.map((found) => `  ${registriesLine(found)}`),
    ...(all ? [] : ['Every place: coppice sandbox --explain']),
  ].join('\n');
}
