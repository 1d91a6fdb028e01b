import { basename, join } from 'node:path';
import type { AgentSettings } from '../../domain/settings/agent-settings.ts';
import type { Environment } from '../turn/environment.ts';
import { type AgentNeeds, NO_NEEDS, type Spared } from './needs.ts';
import { fromHome } from './settings.ts';

type NeedsIn = (env: Environment) => Partial<AgentNeeds>;

const claude: NeedsIn = ({
  ANTHROPIC_BASE_URL,
  CLAUDE_CONFIG_DIR = '~/.claude',
  XDG_CACHE_HOME = '~/.cache',
}) => ({
  hosts: [
    'api.anthropic.com',
    'claude.ai',
    'console.anthropic.com',
    'platform.claude.com',
    ...hostOf(ANTHROPIC_BASE_URL),
  ],
  // Its logs are in the cache.
  write: [CLAUDE_CONFIG_DIR, `${XDG_CACHE_HOME}/claude-cli-nodejs`],
  keep: [
    '~/.claude.json',
    ...within(
      CLAUDE_CONFIG_DIR,
      '.claude.json',
      'settings.json',
      'settings.local.json',
      'CLAUDE.md',
    ),
  ],
  keepDirectories: [
    ...within(CLAUDE_CONFIG_DIR, 'agents', 'commands', 'hooks', 'plugins', 'skills'),
    ...within(CLAUDE_CONFIG_DIR, 'output-styles'),
  ],
  // Its makers' statistics; its sockets, by the person's number, and its own temporary files.
  spared: {
    hosts: ['statsig.anthropic.com:443', 'sentry.io:443', 'http-intake.logs.us5.datadoghq.com:443'],
    git: [],
    paths: ['/tmp/cc-socks', '/tmp/claude'],
  },
});

const codex: NeedsIn = ({ OPENAI_BASE_URL, CODEX_HOME = '~/.codex' }) => ({
  hosts: ['api.openai.com', 'auth.openai.com', 'chatgpt.com', ...hostOf(OPENAI_BASE_URL)],
  write: [CODEX_HOME],
  keep: within(CODEX_HOME, 'config.toml', 'AGENTS.md'),
  keepDirectories: within(CODEX_HOME, 'prompts', 'skills', 'rules'),
  // Its makers' statistics, and news of its plugins.
  spared: { hosts: ['ab.chatgpt.com:443', 'api.github.com:443'], git: [], paths: [] },
});

/** The person chooses its model, so the person must list the model’s hosts. */
const opencode: NeedsIn = ({
  XDG_DATA_HOME = '~/.local/share',
  XDG_STATE_HOME = '~/.local/state',
  XDG_CACHE_HOME = '~/.cache',
  XDG_CONFIG_HOME = '~/.config',
}) => ({
  hosts: ['opencode.ai', 'models.dev'],
  write: [XDG_DATA_HOME, XDG_STATE_HOME, XDG_CACHE_HOME].map((location) => `${location}/opencode`),
  keepDirectories: [`${XDG_CONFIG_HOME}/opencode`],
  found: [`${XDG_CONFIG_HOME}/opencode/.gitignore`],
  // Its name for the project.
  spared: { hosts: [], git: ['opencode'], paths: [] },
});

const NEEDS: Readonly<Record<string, NeedsIn>> = { claude, codex };

/** Needs of agents that speak the Agent Client Protocol, by program name. */
const BY_PROGRAM: Readonly<Record<string, NeedsIn>> = { 'claude-agent-acp': claude, opencode };

const within = (directory: string, ...names: readonly string[]): string[] =>
  names.map((name) => `${directory}/${name}`);

export function agentNeeds(
  { adapter, command }: Pick<AgentSettings, 'adapter' | 'command'>,
  env: Environment,
): AgentNeeds {
  const needs = adapter === 'acp' ? BY_PROGRAM[basename(command?.[0] ?? '')] : NEEDS[adapter];
  return { ...NO_NEEDS, ...needs?.(env) };
}

/** The host, and the port if it is not the usual one, of a URL the person has set. */
function hostOf(url: string | undefined): string[] {
  return url !== undefined && URL.canParse(url) ? [new URL(url).host] : [];
}

/** Refused requests of the agent that it does not need, so they are not shown. */
export function sparedBy(
  { write, keep, keepDirectories, spared }: AgentNeeds,
  home: string,
  commonDirectory: string | undefined,
): Spared {
  return {
    home,
    hosts: spared.hosts,
    paths: [
      ...[...write, ...keep, ...keepDirectories, ...spared.paths].map((path) =>
        fromHome(path, home),
      ),
      ...(commonDirectory === undefined
        ? []
        : spared.git.map((name) => join(commonDirectory, name))),
    ],
  };
}
