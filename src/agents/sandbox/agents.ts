import type { AgentSettings } from '../../domain/policy.ts';
import type { Environment } from '../environment.ts';

/** What an agent's own program needs of the sandbox. */
export interface AgentNeeds {
  /** Hosts of its model. */
  readonly hosts: readonly string[];
  /** Where it keeps conversations and its login. */
  readonly write: readonly string[];
  /** Of that, what would run programs in the person's own sessions. */
  readonly keep: readonly string[];
}

export const NO_NEEDS: AgentNeeds = { hosts: [], write: [], keep: [] };

const NEEDS: Readonly<Record<string, (env: Environment) => AgentNeeds>> = {
  claude: ({ ANTHROPIC_BASE_URL, CLAUDE_CONFIG_DIR }) => ({
    hosts: [
      'api.anthropic.com',
      'claude.ai',
      'console.anthropic.com',
      'platform.claude.com',
      ...hostOf(ANTHROPIC_BASE_URL),
    ],
    ...(CLAUDE_CONFIG_DIR === undefined
      ? { write: ['~/.claude', '~/.claude.json'], keep: kept('~/.claude', CLAUDE_KEPT) }
      : { write: [CLAUDE_CONFIG_DIR], keep: kept(CLAUDE_CONFIG_DIR, CLAUDE_KEPT) }),
  }),
  codex: ({ OPENAI_BASE_URL, CODEX_HOME = '~/.codex' }) => ({
    hosts: ['api.openai.com', 'auth.openai.com', 'chatgpt.com', ...hostOf(OPENAI_BASE_URL)],
    write: [CODEX_HOME],
    keep: kept(CODEX_HOME, ['config.toml', 'AGENTS.md', 'prompts', 'skills', 'rules']),
  }),
};

const CLAUDE_KEPT = [
  ...['settings.json', 'settings.local.json', 'CLAUDE.md'],
  ...['agents', 'commands', 'hooks', 'plugins', 'skills', 'output-styles'],
];

const kept = (directory: string, names: readonly string[]): string[] =>
  names.map((name) => `${directory}/${name}`);

export const agentNeeds = (adapter: AgentSettings['adapter'], env: Environment): AgentNeeds =>
  NEEDS[adapter]?.(env) ?? NO_NEEDS;

/** The host, and the port if it is not the usual one, of a URL the person has set. */
function hostOf(url: string | undefined): string[] {
  return url !== undefined && URL.canParse(url) ? [new URL(url).host] : [];
}
