import type { Outcome } from '../../domain/session/turn.ts';
import type { AgentSettings } from '../../domain/settings/agent-settings.ts';
import { oneLine } from '../../domain/shared/text.ts';
import type { AgentAdapter, AgentExit } from './adapter.ts';
import { parseClaudeLine } from './claude-stream.ts';
import { OUTCOME_SCHEMA } from './structured.ts';

/**
 * Claude Code, as the person has installed it and logged in. Output and exit codes are those of versions
 * 2.1.330 to 2.1.332.
 */
export const claude: AgentAdapter = {
  name: 'claude',
  program: 'claude',
  variables: [
    'ANTHROPIC_API_KEY',
    'ANTHROPIC_AUTH_TOKEN',
    'ANTHROPIC_BASE_URL',
    'ANTHROPIC_MODEL',
    'CLAUDE_CODE_OAUTH_TOKEN',
    'CLAUDE_CONFIG_DIR',
  ],
  reports: 'structured',
  abilities: {
    resume: 'yes',
    outcome: 'JSON schema',
    cost: 'in dollars',
    sandbox: 'only Coppice’s',
  },
  oldest: '2.1.330',
  login: {
    keys: ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN'],
    status: ['auth', 'status'],
    tells: ({ stdout }) => /"loggedIn":\s*true/.test(stdout),
  },
  install:
    'install Claude Code (npm install -g @anthropic-ai/claude-code) and log in with `claude`',

  command({ kind, conversation, resume, settings, costLimit }) {
    const [program = 'claude', ...args] = settings.command ?? [];
    return {
      program,
      args: [
        ...args,
        ...['-p', '--output-format', 'stream-json', '--verbose'],
        ...[resume ? '--resume' : '--session-id', conversation],
        // A repository's own settings could run hooks and send the login elsewhere.
        ...['--setting-sources', 'user'],
        ...['--json-schema', JSON.stringify(OUTCOME_SCHEMA)],
        ...(settings.model === undefined ? [] : ['--model', settings.model]),
        ...(costLimit === undefined ? [] : ['--max-budget-usd', mostOf(costLimit, settings)]),
        ...(kind === 'plan' ? mayOnlyRead : mayEdit(settings)),
      ],
      env: {},
    };
  },

  interactive({ kind, conversation, settings, sandboxed }) {
    const [program = 'claude', ...args] = settings.command ?? [];
    return {
      program,
      args: [
        ...args,
        ...['--resume', conversation, '--setting-sources', 'user'],
        ...(settings.model === undefined ? [] : ['--model', settings.model]),
        ...(kind === 'plan' ? mayOnlyRead : mayEdit(settings)),
      ],
      // Without this, it would ask each time whether to trust the worktree, because the sandbox does not let
      // it store the answer.
      env: sandboxed ? { CLAUDE_CODE_SANDBOXED: '1' } : {},
    };
  },

  parse: parseClaudeLine,

  began: (reading) => reading.conversation !== undefined,

  conclude(exit) {
    const { result } = exit.reading;
    if (!result && /already in use/i.test(exit.errors) && !exit.resumed) return { again: 'resume' };
    if (/no conversation found/i.test(exit.errors) && exit.resumed) return { again: 'start' };
    return { outcome: outcome(exit) };
  },
};

/**
 * The value for `--max-budget-usd`: the limit for this run of the program, not for the conversation. Claude
 * Code takes 0 as no limit. It stops at the answer that exceeds the limit, and may cut a tool call that this
 * answer began. If the person has set prices for tokens, Coppice itself stops it between two tool calls, and
 * this higher limit is only a safeguard.
 */
const mostOf = (budget: number, { prices }: AgentSettings): string =>
  Math.max(0.000001, prices ? budget * ASSURANCE : budget).toFixed(6);

const ASSURANCE = 1.5;

/**
 * Plan mode is not used, because it would also refuse to write the plan file. An Edit rule applies to all
 * tools that write files.
 */
const mayOnlyRead = [
  ...['--permission-mode', 'default'],
  ...['--allowedTools', 'Read,Glob,Grep,Edit(/.coppice/**)'],
];

const mayEdit = ({ allow }: AgentSettings): string[] => [
  ...['--permission-mode', 'acceptEdits'],
  ...['--allowedTools', allow.join(',')],
];

function outcome({ code, reading, report, tail }: AgentExit): Outcome {
  const { result, limit } = reading;
  if (!result) return { kind: 'failed', reason: `Claude Code exited with code ${code}`, tail };
  if (result.overBudget) return { kind: 'over-budget' };
  if (result.failed && (limit || LIMIT_TEXT.test(result.text)))
    return { kind: 'usage-limited', ...limit };
  if (result.failed && result.unavailable !== undefined)
    return { kind: 'unavailable', reason: result.unavailable };
  if (result.failed) return { kind: 'failed', reason: oneLine(result.text), tail };
  return report;
}

const LIMIT_TEXT = /usage limit reached|hit your .{0,20}limit/i;
