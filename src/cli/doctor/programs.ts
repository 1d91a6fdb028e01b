import type { Availability } from '../../agents/sandbox/availability.ts';
import type { SandboxMode } from '../../domain/sandbox.ts';
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

/** @param version of the first `temporal` there is; undefined when there is none */
export const checkTemporal = (version: string | undefined, oldest: string): Check => {
  const fetched = 'coppice up fetches one, or brew install temporal';
  if (version === undefined) return warn('Temporal CLI', 'there is none yet', fetched);
  return atLeast(version, oldest)
    ? good('Temporal CLI', version)
    : warn('Temporal CLI', `${version}: ${oldest} or newer is needed`, fetched);
};

export function checkSandbox(mode: SandboxMode, found: Availability): Check {
  if (mode === 'off')
    return warn('sandbox', 'coppice.yaml has it off', 'set sandbox: auto in coppice.yaml');
  if (found.available) return good('sandbox', 'there is one');
  const check = mode === 'required' ? bad : warn;
  return check('sandbox', `there is none, since ${found.reason}`, found.install);
}

/** @param login whether it is logged in; undefined when that can't be seen */
export function checkAgent(
  { name, program, install }: { name: string; program: string; install: string },
  there: boolean,
  login: boolean | undefined,
): Check {
  if (!there) return bad('agent', `there is no program ${program || name}`, install);
  if (login === false)
    return warn(
      'agent',
      `${program} has no login that Coppice can see`,
      `start ${program} and log in`,
    );
  return good('agent', login === true ? `${program}, logged in` : program);
}
