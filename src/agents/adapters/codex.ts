import { fileURLToPath } from 'node:url';
import type { Outcome } from '../../domain/session/turn.ts';
import { oneLine } from '../../domain/shared/text.ts';
import type { AgentAdapter, AgentExit, Launch } from './adapter.ts';
import type { CodexLaunch } from './codex-client.ts';
import { parseEventLine } from './event-lines.ts';

// The extension is that of this file: .ts in a checkout, .js in the package.
const CLIENT = fileURLToPath(
  new URL(`./codex-client${import.meta.url.slice(-3)}`, import.meta.url),
);

/**
 * Codex, as the person has installed it and logged in. Coppice uses its app-server, as in versions 0.169.0 to
 * 0.171.0.
 */
export const codex: AgentAdapter = {
  name: 'codex',
  program: 'codex',
  variables: ['CODEX_API_KEY', 'CODEX_HOME', 'OPENAI_API_KEY', 'OPENAI_BASE_URL'],
  reports: 'structured',
  abilities: { resume: 'yes', outcome: 'JSON schema', cost: 'in tokens', sandbox: 'its own' },
  oldest: '0.169.0',
  login: {
    keys: ['CODEX_API_KEY'],
    status: ['login', 'status'],
    tells: ({ exitCode }) => exitCode === 0,
  },
  install: 'install Codex (npm install -g @openai/codex) and log in with `codex login`',

  command(launch) {
    const { conversation, resume, settings } = launch;
    const { program, args } = common(launch);
    const client: CodexLaunch = {
      command: [program, ...args],
      conversation,
      resume,
      ...(settings.model !== undefined && { model: settings.model }),
    };
    return { program: process.execPath, args: [CLIENT, JSON.stringify(client)], env: {} };
  },

  interactive(launch) {
    const { program, args } = common(launch);
    const { model } = launch.settings;
    return {
      program,
      args: [
        ...args,
        ...(model === undefined ? [] : ['--model', model]),
        ...['resume', launch.conversation],
      ],
      env: {},
    };
  },

  parse: parseEventLine,

  began: (reading) => reading.conversation !== undefined,

  conclude(exit) {
    const lost = /no (rollout|saved session|thread) found|thread .* not found/i;
    if (!exit.reading.result && exit.resumed && lost.test(exit.errors)) return { again: 'start' };
    return { outcome: outcome(exit) };
  },
};

/** The program, and the arguments before the subcommand. */
function common(launch: Launch) {
  const [program = 'codex', ...args] = launch.settings.command ?? [];
  return {
    program,
    args: [...config({ ...sandbox(launch), projects: untrusted(launch) }), ...args],
  };
}

/**
 * Settings for Codex's own sandbox, which is used unless Codex runs in Coppice's sandbox. It may write in the
 * worktree, and, except in a planning turn, in the parts of the git directory that a commit needs.
 */
const sandbox = ({ kind, git, sandboxed }: Launch) =>
  sandboxed
    ? { sandbox_mode: 'danger-full-access' }
    : {
        sandbox_mode: 'workspace-write',
        ...(kind !== 'plan' &&
          git && {
            'sandbox_workspace_write.writable_roots': [
              ...['objects', 'logs', 'refs/heads'].map((name) => `${git.common}/${name}`),
              git.own,
            ],
          }),
      };

/**
 * Marks the repository as untrusted. The configuration of a trusted repository could run programs outside the
 * sandbox.
 */
const untrusted = ({ worktree, checkout }: Launch) =>
  Object.fromEntries([worktree, checkout].map((path) => [path, { trust_level: 'untrusted' }]));

/** Settings as command line options, with values in TOML. */
const config = (values: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(values).flatMap(([key, value]) => ['-c', `${key}=${toml(value)}`]);

function toml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toml).join(',')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, one]) => `${JSON.stringify(key)}=${toml(one)}`)
      .join(',')}}`;
  return JSON.stringify(value);
}

function outcome({ code, reading, report, tail }: AgentExit): Outcome {
  const { result, limit } = reading;
  if (!result) return { kind: 'failed', reason: `Codex exited with code ${code}`, tail };
  if (result.failed && limit) return { kind: 'usage-limited', ...limit };
  if (result.failed && result.unavailable !== undefined)
    return { kind: 'unavailable', reason: oneLine(result.unavailable) };
  if (result.failed) return { kind: 'failed', reason: oneLine(result.text), tail };
  return report;
}
