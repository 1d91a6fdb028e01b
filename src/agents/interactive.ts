import { CoppiceError } from '../domain/shared/failure.ts';
import type { Marks } from '../process/members.ts';
import type { AgentAdapter } from './adapters/adapter.ts';
import { ADAPTERS } from './adapters/index.ts';

/** Environment variables that mark every process in the terminal of an attached session. */
export const marksOfAttachment = (id: string): Marks => ({ COPPICE_ATTACHED: id });

/**
 * The adapter of an agent that can run in a terminal.
 * @throws AgentUnavailable when it can't
 */
export function interactiveAdapter(
  name: string,
): AgentAdapter & Required<Pick<AgentAdapter, 'interactive'>> {
  const adapter = Object.values(ADAPTERS).find((one) => one.name === name);
  const interactive = adapter?.interactive;
  if (adapter && interactive) return { ...adapter, interactive };
  throw new CoppiceError(
    'AgentUnavailable',
    `the adapter ${name} can’t run in a terminal, only claude and codex can: guide the session instead`,
  );
}
