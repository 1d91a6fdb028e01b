import { mkdirSync, mkdtempSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import type { Config } from '../../src/config/schema.ts';
import { coppiceHome } from '../../src/state/home.ts';

const SCRIPTED_AGENT = fileURLToPath(new URL('scripted-agent/main.ts', import.meta.url));

/** A coding agent as a person sets it up. */
export interface AgentSetup {
  /** What coppice.yaml says of it. */
  readonly config: z.input<typeof Config>;
  /** Variables of the person's. */
  readonly env: Readonly<Record<string, string>>;
  /** Files in the person's home, by path. */
  readonly home?: Readonly<Record<string, string>>;
}

/** @param env its variables, see scripted-agent/main.ts */
export const scriptedAgent = (env: AgentSetup['env'] = {}): AgentSetup => ({
  config: {
    agent: {
      adapter: 'command',
      command: [process.execPath, SCRIPTED_AGENT],
      env: Object.keys(env),
    },
  },
  env,
});

/**
 * Real agents as a person sets them up who has a model server of their own, at a URL as test/support/model-server has it;
 * their keys are good for nothing else.
 */
export const REAL_AGENTS = {
  claude: (url) => ({
    config: { agent: { adapter: 'claude', env: Object.keys(CLAUDES_OWN) } },
    env: { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: 'sk-ant-none', ...CLAUDES_OWN },
    home: GIT,
  }),
  codex: (url) => ({
    // Coppice knows no host of a provider that Codex's own configuration names.
    config: { agent: { adapter: 'codex' }, access: { hosts: [new URL(url).host] } },
    env: { CODEX_API_KEY: 'sk-none' },
    home: { ...GIT, '.codex/config.toml': codexConfig(url) },
  }),
} satisfies Record<string, (url: string) => AgentSetup>;

/** With the agent's program where its person finds it by its name. */
export const installedAt = (setup: AgentSetup, program: string): AgentSetup => ({
  ...setup,
  env: { ...setup.env, PATH: [dirname(program), process.env.PATH].join(delimiter) },
});

/** So that it talks to nobody but its model, and gives that up soon. */
const CLAUDES_OWN = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  CLAUDE_CODE_MAX_RETRIES: '1',
};

const codexConfig = (url: string): string =>
  [
    'model_provider = "loopback"',
    '[model_providers.loopback]',
    'name = "Loopback"',
    `base_url = "${url}/v1"`,
    'env_key = "CODEX_API_KEY"',
    'wire_api = "responses"',
    'request_max_retries = 1',
    'stream_max_retries = 1',
    // So that it talks to nobody but its model.
    '[analytics]',
    'enabled = false',
    '[features]',
    'plugins = false',
  ].join('\n');

/** They commit as their person. */
const GIT = {
  '.gitconfig': '[user]\nname = Agent\nemail = agent@example.com\n[commit]\ngpgSign = false\n',
};

/** A new directory for a home, that the caller removes. Not among temporary files: from there Codex runs no program of its own. */
export function personsHome(): string {
  const homes = join(coppiceHome().cache, 'agents');
  mkdirSync(homes, { recursive: true });
  return mkdtempSync(join(homes, '.home-'));
}
