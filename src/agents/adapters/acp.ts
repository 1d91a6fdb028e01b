import { fileURLToPath } from 'node:url';
import type { Outcome } from '../../domain/session/turn.ts';
import { oneLine } from '../../domain/shared/text.ts';
import type { AcpLaunch } from './acp-session.ts';
import type { AgentAdapter, AgentExit } from './adapter.ts';
import { parseEventLine } from './event-lines.ts';

// The extension is that of this file: .ts in a checkout, .js in the package.
const CLIENT = fileURLToPath(new URL(`./acp-client${import.meta.url.slice(-3)}`, import.meta.url));

/** By default OpenCode allows every tool, and reads the repository's own configuration. */
const OPENCODE = {
  OPENCODE_PERMISSION: JSON.stringify({ bash: 'ask', edit: 'ask', webfetch: 'ask' }),
  OPENCODE_DISABLE_PROJECT_CONFIG: '1',
};

/** Any agent that speaks the Agent Client Protocol over its standard input and output. */
export const acp: AgentAdapter = {
  name: 'acp',
  program: '',
  variables: [],
  reports: 'tools',
  abilities: {
    resume: 'where the agent can',
    outcome: 'tools',
    cost: 'where the agent tells',
    sandbox: 'only Coppice’s',
  },
  install: 'install it, or correct agent.command in coppice.yaml, such as [gemini, --acp]',

  command({ kind, conversation, resume, settings, costLimit }) {
    const launch: AcpLaunch = {
      command: settings.command ?? [],
      conversation,
      resume,
      ...(settings.model !== undefined && { model: settings.model }),
      allow: settings.allow,
      plan: kind === 'plan',
      ...(costLimit !== undefined && { costLimit }),
    };
    return { program: process.execPath, args: [CLIENT, JSON.stringify(launch)], env: OPENCODE };
  },

  parse: parseEventLine,

  began: (reading) => reading.conversation !== undefined,

  conclude(exit) {
    const { result } = exit.reading;
    return result?.failed && KILLED.test(result.text)
      ? { again: 'resume' }
      : { outcome: outcome(exit) };
  },
};

/** Messages that mean that the model is unavailable now. Agents report this only as text. */
const LATER =
  /overloaded|at capacity|rate.?limit|too many requests|\b(429|503|529)\b|ECONN|connection (refused|error|failed)|timed? ?out|malformed response/i;
/** Claude's message when it has reached its cost limit. */
const SPENT = /reached maximum budget/i;
const LIMIT = /usage limit|hit your .{0,20}limit/i;

/** Messages of an agent that starts another program, as Claude's does, when that program was killed. */
const KILLED = /terminated by signal|process exited unexpectedly/i;

function outcome({ code, reading, report, tail }: AgentExit): Outcome {
  const { result } = reading;
  if (!result) return { kind: 'failed', reason: `the agent ended with code ${code}`, tail };
  if (!result.failed) return report;
  if (SPENT.test(result.text)) return { kind: 'over-budget' };
  if (LIMIT.test(result.text)) return { kind: 'usage-limited' };
  if (LATER.test(result.text)) return { kind: 'unavailable', reason: oneLine(result.text) };
  return { kind: 'failed', reason: oneLine(result.text), tail };
}
