import type { SandboxConfig } from '../../agents/sandbox/prepare.ts';
import type { AgentSettings } from '../../domain/settings/agent-settings.ts';
import type { Survey } from '../../planning/rules/survey.ts';
import type { StartingPoint } from './codebase.ts';

/** What an agent is asked to propose a plan from. */
export interface ProposalsRequest extends StartingPoint {
  readonly agent: AgentSettings;
  readonly config: SandboxConfig;
  /** Seconds. */
  readonly timeout: number;
  readonly survey: Survey;
}
