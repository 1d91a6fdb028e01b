import type { AgentSettings } from '../../domain/settings/agent-settings.ts';
import { acp } from './acp.ts';
import type { AgentAdapter } from './adapter.ts';
import { claude } from './claude.ts';
import { codex } from './codex.ts';
import { command } from './command.ts';

export const ADAPTERS: Readonly<Record<AgentSettings['adapter'], AgentAdapter>> = {
  acp,
  claude,
  codex,
  command,
};
