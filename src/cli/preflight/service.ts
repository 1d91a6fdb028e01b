import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../config/schema.ts';
import type { AgentSettings } from '../../domain/settings/agent-settings.ts';
import { PROXIES, proxyVariables } from '../../process/network-variables.ts';
import { fingerprint, type Login, type WorkerRecord } from '../../state/worker-record.ts';
import type { Context } from '../context.ts';

/** How to repair a service that has another environment than this terminal. */
const RESTART = 'coppice down && coppice up here gives it this terminal’s';

/** Variables that are compared in addition to those that coppice.yaml names. */
const COMPARED = [
  ...[...PROXIES, 'no_proxy', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'GIT_SSL_CAINFO'],
  ...['HOME', 'TMPDIR', 'GITHUB_API_URL', 'CLAUDE_CONFIG_DIR', 'CODEX_HOME', 'ANTHROPIC_BASE_URL'],
];

const TOKENS = ['GH_TOKEN', 'GITHUB_TOKEN', 'GITHUB_APP_ID'];

/** How long a worker that has just begun may take to ask GitHub about its login, in milliseconds. */
const TIMEOUT = 3_000;
const LOOK = 100;

export interface ServiceDifferences {
  /** What keeps sessions from working. */
  readonly problems: readonly string[];
  /** What is worth knowing. */
  readonly notes: readonly string[];
}

/** The record of a worker that runs, once it knows of its login. */
async function running({ services }: Context): Promise<WorkerRecord | undefined> {
  for (let waited = 0; ; waited += LOOK) {
    const record = await services.workerRecord();
    if (!record || !(await services.isRunning(record.process))) return undefined;
    if (record.github.accepted !== null || waited >= TIMEOUT) return record;
    await sleep(LOOK);
  }
}

/**
 * How the environment of this host's service differs from this terminal's, as far as that matters to sessions of a
 * repository. A service is often older than the shell that runs the command.
 */
export async function serviceDifferences(
  context: Context,
  config: Pick<Config, 'agent' | 'agents' | 'hooks'>,
  agents: readonly AgentSettings[],
): Promise<ServiceDifferences> {
  const record = await running(context);
  if (!record) return { problems: [], notes: [] };
  const differs = differing(record, context.env);
  const refused = loginProblem(record.github);
  const missing = await Promise.all(
    agents.map((agent) => context.services.missingAgent(agent, { PATH: record.path })),
  );
  const names = [...COMPARED, ...config.agent.env, ...(config.hooks.env ?? [])];
  const others = [...new Set(names.filter(differs))];
  const token = !refused && TOKENS.some(differs) ? [tokenNote(record.github, context.env)] : [];
  return {
    problems: refused === undefined ? [] : [refused],
    notes: [
      ...new Set(missing.filter((one) => one !== undefined)),
      ...token,
      ...(others.length > 0
        ? [`the service was started with another ${others.join(', ')}: ${RESTART}`]
        : []),
    ],
  };
}

/** Why the service of this host can't reach GitHub; undefined when it can, or when no service runs. */
export async function serviceProblem(context: Context): Promise<string | undefined> {
  const record = await context.services.workerRecord();
  if (!record || !(await context.services.isRunning(record.process))) return undefined;
  return loginProblem(record.github);
}

const loginProblem = ({ accepted, problem }: Login): string | undefined =>
  accepted === false
    ? `the service's GitHub login is not valid: ${problem?.split(':')[0]}. It keeps the one it was started with: run coppice down && coppice up in a terminal that has a valid one`
    : undefined;

function tokenNote({ login }: Login, shell: NodeJS.ProcessEnv): string {
  const as = login === null ? '' : `, as ${login}`;
  return TOKENS.some((name) => shell[name])
    ? `the service works with another GitHub token than this terminal's${as}: ${RESTART}`
    : `the service works with a GitHub token that this terminal does not have${as}: set it here before coppice down && coppice up`;
}

/** Whether a variable has another value in the service, or exists in only one of the two. */
function differing(record: WorkerRecord, shell: NodeJS.ProcessEnv): (name: string) => boolean {
  const env: NodeJS.ProcessEnv = { ...shell, ...proxyVariables(shell) };
  return (name) => {
    const mine = env[name] ? fingerprint(record.salt, env[name]) : undefined;
    const empty = fingerprint(record.salt, '');
    const its = record.fingerprints[name];
    return mine !== (its === empty ? undefined : its);
  };
}
