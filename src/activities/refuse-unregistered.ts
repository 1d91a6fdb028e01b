import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { loadConfig } from '../config/load.ts';
import { sessionSettings } from '../config/schema.ts';
import { SessionLocation } from '../domain/session/session.ts';
import { AgentSettings, agentFor, allAgents } from '../domain/settings/agent-settings.ts';
import { CoppiceError } from '../domain/shared/failure.ts';
import { isTurnOf } from '../domain/shared/identity.ts';
import { RepositoryName } from '../domain/shared/repository.ts';
import type { Home } from '../state/home.ts';
import { hostId } from '../state/host.ts';
import { type Registered, readRegistered } from '../state/registered.ts';
import { findCheckout } from '../state/repositories.ts';
import { locationIn } from './location.ts';
import { mapActivities } from './map.ts';

/** What of an activity's input says where something is executed, and what. */
const Orders = z.looseObject({
  repository: RepositoryName.optional(),
  location: SessionLocation.optional(),
  commands: z.array(z.string()).optional(),
  /** Commands; other activities have checks of GitHub's by this name. */
  checks: z.unknown().optional(),
  agent: z.unknown().optional(),
  turnId: z.string().optional(),
});
type Orders = z.infer<typeof Orders>;

/** What a registration allows. */
interface Allowed extends Pick<Registered, 'location' | 'setup' | 'checks'> {
  readonly agents: readonly AgentSettings[];
}

/**
 * The same activities, which execute nothing but what this host itself decided: an input that names another location, command or
 * agent than the session's registration here, or than coppice.yaml of the checkout, is refused, whoever sent it. So whoever can write to
 * the Temporal server can't have anything else run on its hosts.
 * @throws NotRegistered
 */
export const refusingUnregistered = <A extends object>(activities: A, home: Home): A =>
  mapActivities(activities, async (run, input, name) => {
    // Registration itself decides, and has nothing but the names of a repository, an issue and an agent.
    if (name === 'register') return run();
    const told = Orders.safeParse(input);
    if (!told.success) throw refused('it is no input of Coppice’s', told.error.message);
    await check(home, told.data);
    return run();
  });

async function check(home: Home, orders: Orders): Promise<void> {
  const { location, repository, commands, agent } = orders;
  if (location) {
    const { repository: of, issue } = location;
    const registered = await readRegistered(home, of, issue);
    const problem = registered && problemOf(orders, location, allowedBy(registered));
    if (registered && problem === undefined) return;
    // A person may have changed coppice.yaml, or the record may be lost.
    const configured = await configuredNow(home, location);
    const now = configured && problemOf(orders, location, configured);
    if (configured && now === undefined) return;
    const what = problem ?? now ?? 'this host has not registered it, and has no checkout of it';
    throw refused(`${of} #${issue}: ${what}`);
  }
  if (agent !== undefined || commands || commandsIn(orders.checks))
    throw refused('it has something to execute, and no session');
  if (repository !== undefined && (await findCheckout(home, repository)) === undefined)
    throw refused(`this host has no checkout of ${repository}`);
}

function problemOf(
  orders: Orders,
  location: SessionLocation,
  allowed: Allowed,
): string | undefined {
  const { commands, agent, turnId } = orders;
  const checks = commandsIn(orders.checks);
  if (!isDeepStrictEqual(location, allowed.location)) return 'its location is another one here';
  if (commands && !isDeepStrictEqual(commands, allowed.setup))
    return 'its setup commands are others here';
  if (checks && !isDeepStrictEqual(checks, allowed.checks)) return 'its checks are others here';
  if (turnId !== undefined && !isTurnOf(location, turnId)) return 'its turn is no turn of it';
  if (agent === undefined) return undefined;
  const settings = AgentSettings.safeParse(agent);
  const isKnown = settings.success && allowed.agents.some((one) => isSame(one, settings.data));
  return isKnown ? undefined : 'its agent’s settings are others here';
}

/** Tools that a person allowed it since are no difference. */
function isSame(known: AgentSettings, told: AgentSettings): boolean {
  const { allow: allowed, ...others } = AgentSettings.parse(known);
  const { allow, ...same } = told;
  return isDeepStrictEqual(others, same) && allowed.every((tool) => allow.includes(tool));
}

function commandsIn(checks: unknown): readonly string[] | undefined {
  const commands = z.array(z.string()).safeParse(checks);
  return commands.success && commands.data.length > 0 ? commands.data : undefined;
}

const allowedBy = ({ agent, ...registered }: Registered): Allowed => ({
  ...registered,
  agents: inEveryTurn([agent]),
});

const inEveryTurn = (agents: readonly AgentSettings[]): AgentSettings[] =>
  agents.flatMap((agent) => [agent, agentFor(agent, 'plan'), agentFor(agent, 'implement')]);

async function configuredNow(
  home: Home,
  { repository, issue }: SessionLocation,
): Promise<Allowed | undefined> {
  const checkout = await findCheckout(home, repository);
  if (checkout === undefined) return undefined;
  const settings = sessionSettings(await loadConfig(checkout));
  return {
    location: locationIn(checkout, await hostId(home), { repository, issue }, settings),
    setup: settings.hooks.setup,
    checks: settings.checks,
    agents: inEveryTurn(allAgents(settings)),
  };
}

const refused = (why: string, details = ''): CoppiceError =>
  new CoppiceError(
    'NotRegistered',
    `refused, since ${why}: this host executes only what it registered itself, or what coppice.yaml of the checkout says`,
    details,
  );
