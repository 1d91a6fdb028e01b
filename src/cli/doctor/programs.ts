import type { AgentEntry } from '../../agents/inventory.ts';
import { type Availability, sandboxLimits } from '../../agents/sandbox/availability.ts';
import { resourceLimits } from '../../agents/sandbox/limits.ts';
import {
  type FoundRegistries,
  registriesLine,
} from '../../agents/sandbox/registries/registries.ts';
import type { Limits, SandboxMode } from '../../domain/settings/sandbox.ts';
import { atLeast, bad, type Check, good, warn } from './check.ts';

/** As in package.json. */
const OLDEST_NODE = '22.18';

/** `worktree list -z` came with it. */
const OLDEST_GIT = '2.36';

export const checkNode = (version: string): Check =>
  atLeast(version, OLDEST_NODE)
    ? good('Node.js', version)
    : bad('Node.js', version, `install Node.js ${OLDEST_NODE} or newer: https://nodejs.org`);

/** @param said what `git --version` prints; undefined when there is no git */
export function checkGit(said: string | undefined): Check {
  const version = /(\d+\.\d+(?:\.\d+)?)/.exec(said ?? '')?.[1];
  const install = `install git ${OLDEST_GIT} or newer: https://git-scm.com/downloads`;
  if (version === undefined) return bad('git', 'there is none', install);
  return atLeast(version, OLDEST_GIT) ? good('git', version) : bad('git', version, install);
}

/** @param found the Temporal CLI of this host, or why there is none */
export const checkTemporal = (
  found: { readonly path: string } | { readonly failed: string },
): Check =>
  'path' in found
    ? good('Temporal CLI', found.path)
    : warn(
        'Temporal CLI',
        `there is none yet: ${found.failed}`,
        'coppice up fetches one; or install it: https://docs.temporal.io/cli',
      );

export function checkSandbox(mode: SandboxMode, found: Availability, limits: Limits): Check {
  if (mode === 'off')
    return warn(
      'sandbox',
      'it is switched off in coppice.yaml',
      'take that line out: a sandbox is required then',
    );
  if (found.available) {
    const { stand, lack } = sandboxLimits(resourceLimits(limits));
    return good('sandbox', ['there is one', ...stand, ...lack].join('\n'));
  }
  const check = mode === 'required' ? bad : warn;
  return check('sandbox', `there is none, since ${found.reason}`, found.install);
}

/** What agents may reach for packages; nothing where no tool is installed. */
export const checkRegistries = (found: readonly FoundRegistries[]): Check[] =>
  found.length === 0
    ? []
    : [good('registries', ['agents reach those of', ...found.map(registriesLine)].join('\n'))];

export function checkAgent(entry: AgentEntry): Check {
  const { program, version, loggedIn, problem } = entry;
  if (problem !== undefined)
    return bad('agent', problem, 'coppice agents lists the agents of this host');
  const found = [program, version].filter(Boolean).join(' ');
  if (loggedIn === false)
    return warn('agent', `${found} is not logged in`, `start ${program} and log in`);
  return good('agent', loggedIn ? `${found}, logged in` : found);
}

/** @param file of a login that its agent renews, which it can't do in the sandbox */
export const checkLogin = (file: string): Check =>
  warn(
    'agent login',
    `agents can't renew the login in ${file} in the sandbox: when it runs out, sessions ask you`,
    file.includes('claude')
      ? 'for agents that work alone: claude setup-token, and CLAUDE_CODE_OAUTH_TOKEN in the environment; or an API key'
      : `for agents that work alone: an API key; or access.write: [${file}], with which an agent can also spoil it`,
  );
