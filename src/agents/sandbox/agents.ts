import { statSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import type { AgentSettings } from '../../domain/settings/agent-settings.ts';
import { ADAPTERS } from '../adapters/index.ts';
import type { Environment } from '../turn/environment.ts';
import { type AgentNeeds, NO_NEEDS, type Spared } from './needs.ts';
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
  // What it knows of the person's other projects stays with the person.
  const settings = { name: '.claude.json', without: ['projects', 'githubRepoPaths'] };
  return {
    // With a key the model is reached through Coppice, which has the key: no other key comes that way.
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
    // Its makers' statistics; its sockets, by the person's number, and its own temporary files.
    spared: {
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
  // Its makers' statistics, and news of its plugins.
  spared: { hosts: ['ab.chatgpt.com:443', 'api.github.com:443'], git: [], paths: [] },
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
  // Its name for the project.
  spared: { hosts: [], git: ['opencode'], paths: [] },
});

const NEEDS: Readonly<Record<string, NeedsIn>> = { claude, codex };

/** Needs of agents that speak the Agent Client Protocol, by program name. */
const BY_PROGRAM: Readonly<Record<string, NeedsIn>> = { 'claude-agent-acp': claude, opencode };

type AgentProgram = Pick<AgentSettings, 'adapter' | 'command'> &
  Partial<Pick<AgentSettings, 'env'>>;

/** An absolute path of a file; a variable that leads to a directory opens nothing. */
const isFile = (value: string): boolean =>
  isAbsolute(value) && statSync(value, { throwIfNoEntry: false })?.isFile() === true;

export function agentNeeds(
  { adapter, command, env: named = [] }: AgentProgram,
  env: Environment,
): AgentNeeds {
  const needs = adapter === 'acp' ? BY_PROGRAM[basename(command?.[0] ?? '')] : NEEDS[adapter];
  const programs = command ?? [ADAPTERS[adapter].program].filter((name) => name !== '');
  const files = named.flatMap((name) => env[name] ?? []).filter(isFile);
  return { ...NO_NEEDS, programs, files, ...needs?.(env) };
}

/** The host, and the port if it is not the usual one, of a URL the person has set. */
function hostOf(url: string | undefined): string[] {
  return url !== undefined && URL.canParse(url) ? [new URL(url).host] : [];
}

/** Refused requests of the agent that it does not need, so they are not shown. */
export function sparedBy(
  { directories, login, spared }: AgentNeeds,
  home: string,
  commonDirectory: string | undefined,
): Spared {
  return {
    home,
    // The person renews the login: what an agent renews and can't keep would end the person's.
    hosts: [...spared.hosts, ...(login?.hosts ?? []).map((host) => `${host}:443`)],
    paths: [
      ...directories.flatMap(({ from, copied = [] }) =>
        from === '~' ? copied.map(({ name }) => join(home, name)) : [fromHome(from, home)],
      ),
      ...spared.paths,
      ...(commonDirectory === undefined
        ? []
        : spared.git.map((name) => join(commonDirectory, name))),
    ],
  };
}
