import { statSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import type { AgentSettings } from '../../domain/settings/agent-settings.ts';
import { ADAPTERS } from '../adapters/index.ts';
import type { Environment } from '../turn/environment.ts';
import { type AgentNeeds, type IgnoredRequests, NO_NEEDS } from './needs.ts';
import { fromHome } from './paths.ts';

type NeedsIn = (env: Environment) => Partial<AgentNeeds>;

const ANTHROPIC = {
  base: 'https://api.anthropic.com',
  baseVariable: 'ANTHROPIC_BASE_URL',
  keys: [
    { variable: 'ANTHROPIC_API_KEY', header: 'x-api-key', scheme: '' },
    { variable: 'ANTHROPIC_AUTH_TOKEN', header: 'authorization', scheme: 'Bearer ' },
  ],
};

const claude: NeedsIn = (env) => {
  const { ANTHROPIC_BASE_URL, CLAUDE_CONFIG_DIR } = env;
  const hasKey = ANTHROPIC.keys.some(({ variable }) => env[variable]);
  const from = CLAUDE_CONFIG_DIR ?? '~/.claude';
  // The sandbox gets no data about the person's other projects.
  const settings = { name: '.claude.json', without: ['projects', 'githubRepoPaths'] };
  return {
    // With a key, the agent reaches the model through Coppice's proxy, which adds the key. The proxy accepts
    // no other key.
    ...(hasKey
      ? { hosts: [], model: { ...ANTHROPIC, base: ANTHROPIC_BASE_URL || ANTHROPIC.base } }
      : { hosts: [new URL(ANTHROPIC.base).host, ...hostOf(ANTHROPIC_BASE_URL)] }),
    directories: [
      {
        ...{ from, at: '.claude', variable: 'CLAUDE_CONFIG_DIR' },
        shared: [
          ...['.credentials.json', 'settings.json', 'settings.local.json', 'CLAUDE.md', 'rules'],
          ...['agents', 'commands', 'hooks', 'plugins', 'skills', 'output-styles'],
        ],
        ...(CLAUDE_CONFIG_DIR !== undefined && { copied: [settings] }),
      },
      ...(CLAUDE_CONFIG_DIR === undefined
        ? [{ from: '~', at: '', shared: [], copied: [settings] }]
        : []),
    ],
    login: {
      file: `${from}/.credentials.json`,
      hosts: ['claude.ai', 'console.anthropic.com', 'platform.claude.com'],
    },
    // Statistics for its makers, its sockets (named by the user's id), and its own temporary files.
    ignored: {
      hosts: [
        'statsig.anthropic.com:443',
        'sentry.io:443',
        'http-intake.logs.us5.datadoghq.com:443',
      ],
      git: [],
      paths: ['/tmp/cc-socks', '/tmp/claude'],
    },
  };
};

const codex: NeedsIn = ({ OPENAI_BASE_URL, CODEX_HOME = '~/.codex' }) => ({
  hosts: ['api.openai.com', 'chatgpt.com', ...hostOf(OPENAI_BASE_URL)],
  directories: [
    {
      ...{ from: CODEX_HOME, at: '.codex', variable: 'CODEX_HOME' },
      shared: [
        ...['auth.json', 'config.toml', 'AGENTS.md', 'AGENTS.override.md', 'hooks.json'],
        ...['plugins', 'prompts', 'rules', 'skills'],
      ],
    },
  ],
  login: { file: `${CODEX_HOME}/auth.json`, hosts: ['auth.openai.com'] },
  // Statistics for its makers, and updates of its plugins.
  ignored: { hosts: ['ab.chatgpt.com:443', 'api.github.com:443'], git: [], paths: [] },
});

/** The person chooses its model, so the person must list the model’s hosts. */
const opencode: NeedsIn = ({
  XDG_DATA_HOME = '~/.local/share',
  XDG_CONFIG_HOME = '~/.config',
}) => ({
  hosts: ['opencode.ai', 'models.dev'],
  directories: [
    {
      ...{ from: `${XDG_CONFIG_HOME}/opencode`, at: '.config/opencode', shared: 'all' as const },
    },
    {
      ...{ from: `${XDG_DATA_HOME}/opencode`, at: '.local/share/opencode', shared: ['auth.json'] },
    },
  ],
  // OpenCode writes its name for the project there.
  ignored: { hosts: [], git: ['opencode'], paths: [] },
});

const NEEDS: Readonly<Record<string, NeedsIn>> = { claude, codex };

/** Needs of agents that speak the Agent Client Protocol, by program name. */
const BY_PROGRAM: Readonly<Record<string, NeedsIn>> = { 'claude-agent-acp': claude, opencode };

type AgentProgram = Pick<AgentSettings, 'adapter' | 'command'> &
  Partial<Pick<AgentSettings, 'env'>>;

/**
 * Whether the value of a variable is the absolute path of a file. A variable that names a directory opens
 * nothing.
 */
const isFile = (value: string): boolean =>
  isAbsolute(value) && statSync(value, { throwIfNoEntry: false })?.isFile() === true;

/** What an agent needs in the sandbox, from its adapter, its program and its environment. */
export function agentNeeds(
  { adapter, command, env: named = [] }: AgentProgram,
  env: Environment,
): AgentNeeds {
  const needs = adapter === 'acp' ? BY_PROGRAM[basename(command?.[0] ?? '')] : NEEDS[adapter];
  const programs = command ?? [ADAPTERS[adapter].program].filter((name) => name !== '');
  const files = named.flatMap((name) => env[name] ?? []).filter(isFile);
  return { ...NO_NEEDS, programs, files, ...needs?.(env) };
}

/** The host of a URL that the person has set, with the port if it is not the default one. */
function hostOf(url: string | undefined): string[] {
  return url !== undefined && URL.canParse(url) ? [new URL(url).host] : [];
}

/** Requests that the agent makes without needing them. If the sandbox refuses them, they are not shown. */
export function ignoredRequests(
  { directories, login, ignored }: AgentNeeds,
  home: string,
  commonDirectory: string | undefined,
): IgnoredRequests {
  return {
    home,
    // Agents must not renew a login, so these hosts stay closed: a renewed login that the agent can't store
    // would end the person's login.
    hosts: [...ignored.hosts, ...(login?.hosts ?? []).map((host) => `${host}:443`)],
    paths: [
      ...directories.flatMap(({ from, copied = [] }) =>
        from === '~' ? copied.map(({ name }) => join(home, name)) : [fromHome(from, home)],
      ),
      ...ignored.paths,
      ...(commonDirectory === undefined
        ? []
        : ignored.git.map((name) => join(commonDirectory, name))),
    ],
  };
}
