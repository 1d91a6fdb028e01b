import { z } from 'zod';
import { MACHINE_USERS } from '../pull-request/authors.ts';
import { PERSON_CHECKS } from '../pull-request/check-timing.ts';
import { REVIEWING_BOTS } from '../pull-request/feedback.ts';
import { FIXING_BOTS } from '../pull-request/other-fixer.ts';
import { Budget } from '../session/budget.ts';
import { DEFAULT_BRANCH_TEMPLATE, DEFAULT_WORKTREE_TEMPLATE } from '../shared/identity.ts';
import { AgentSettings, NamedAgents, VariableName } from './agent-settings.ts';

/** Seconds as a person writes them in coppice.yaml: `90s`, `10m`, `2h`, or a number of seconds. */
const UNITS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const DURATION = 'seconds, or a number with s, m, h or d: 90s, 10m, 2h';
export const Duration = z
  .union(
    [z.number().positive(), z.string().regex(/^\d+(\.\d+)?[smhd]$/, `expected ${DURATION}`)],
    `expected ${DURATION}`,
  )
  .transform((value) =>
    typeof value === 'number'
      ? value
      : Number.parseFloat(value) * UNITS[value.slice(-1) as keyof typeof UNITS],
  )
  .describe(DURATION);

const template = (example: string) =>
  z
    .string()
    .regex(/\{issue\}/, 'must contain {issue}, so that every session has its own')
    .regex(
      /^(?!-)(?:[A-Za-z0-9._/-]|\{issue\}|\{repo\})+$/,
      `use letters, digits, . _ - / and {issue}, {repo}: ${example}`,
    );

/** A branch as git allows it (git-check-ref-format), and never something git would take for an option. */
export const BranchName = z
  .string()
  .max(255)
  .regex(
    /^(?![-/.])(?!.*(?:\.\.|\/\/|\/\.|@\{|\.lock(?:\/|$)))[^\s\p{Cc}~^:?*[\\]*[^\s\p{Cc}~^:?*[\\./]$/u,
    'is not a name git allows for a branch',
  );

/** What Coppice may do by itself and when it must ask. */
export const Policy = z.strictObject({
  stacking: z
    .enum(['stack', 'after-merge'])
    .default('stack')
    .describe(
      'When a dependent issue starts: on the open pull request of its dependency, or after that is merged',
    ),
  planning: z
    .enum(['always', 'caution', 'never'])
    .default('always')
    .describe(
      'Which sessions begin with a planning turn. With a caution, the plan always waits for your approval',
    ),
  conflicts: z
    .enum(['ask', 'attempt'])
    .default('ask')
    .describe(
      'What happens at a conflict: Coppice asks you at once, or the agent attempts to resolve it once before',
    ),
  updateBranch: z
    .enum(['conflict', 'approved', 'always'])
    .default('conflict')
    .describe(
      'When a pull request is rebased onto its base: when they conflict; also once it is approved and its base has moved; or whenever its base has moved',
    ),
  mergedBranches: z
    .enum(['delete', 'keep'])
    .default('delete')
    .describe('Whether a merged branch is deleted on GitHub once no other branch is based on it'),
  githubStacks: z
    .boolean()
    .default(false)
    .describe(
      'Whether stacked pull requests are registered as a stack on GitHub, which then refuses auto-merge and `gh pr merge`',
    ),
  turns: z
    .int()
    .positive()
    .max(1_000)
    .default(30)
    .describe('How many turns a session takes before it asks you whether to continue'),
  turnLimits: z
    .strictObject({
      ci: z
        .int()
        .min(0)
        .max(100)
        .default(3)
        .describe('Turns to repair failed checks, before you are asked'),
      review: z
        .int()
        .min(0)
        .max(100)
        .default(3)
        .describe('Turns on one review thread, before you are asked'),
    })
    .prefault({})
    .describe('How many turns Coppice starts for one problem before it asks'),
  ask: z
    .enum(['local', 'github'])
    .default('local')
    .describe(
      'Where a stuck session asks: on this machine only, or also in a comment on its issue',
    ),
  resume: z
    .enum(['auto', 'ask'])
    .default('auto')
    .describe('Whether a session continues by itself after a usage limit, or asks first'),
  budget: Budget.prefault({}).describe(
    'Cost limits in US dollars; a session that reaches one asks before its next turn, or in mid-turn where the agent can be stopped for it',
  ),
  fileLimit: z
    .number()
    .positive()
    .default(10)
    .describe('The largest file an agent may commit, in MB'),
  idleTimeout: Duration.prefault('10m').describe(
    'Time without output after which an agent is interrupted and resumed once. While a tool runs, the time is three times as long',
  ),
  turnTimeout: Duration.prefault('2h').describe('The longest time that a single turn may take'),
  review: z
    .int()
    .positive()
    .max(1_000)
    .default(5)
    .describe(
      'How many pull requests may wait for review. When there are so many, no new session starts',
    ),
});
export type Policy = z.infer<typeof Policy>;

const Login = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]*(\/[A-Za-z0-9._-]+)?(\[bot\])?$/);

const PullRequestSettings = z.strictObject({
  draft: z
    .boolean()
    .default(true)
    .describe('Whether a pull request is a draft until its checks pass'),
  reviewers: z
    .array(Login)
    .default([])
    .meta({
      description:
        'Who is asked for a review when the pull request is ready; write a team as organisation/team',
      examples: [['octocat', 'acme/backend']],
    }),
  bots: z
    .array(Login)
    .default(REVIEWING_BOTS)
    .describe('Bots whose comments reach the agent. Comments of other bots are shown only to you'),
  fixers: z
    .array(Login)
    .default(FIXING_BOTS)
    .describe('Bots that repair pull requests: while one works on a pull request, Coppice waits'),
  machineUsers: z
    .array(Login)
    .default(MACHINE_USERS)
    .describe('Accounts that look like people but are programs. They count as bots'),
  yieldTo: Duration.prefault('1h').describe(
    'How long Coppice waits while somebody else repairs the pull request',
  ),
  reopen: Duration.prefault('5m').describe(
    'How long a pull request may be closed before its session ends',
  ),
  debounce: Duration.prefault('30s').describe(
    'Time without new comments before the agent gets them',
  ),
  settle: Duration.prefault('1m').describe(
    'How long Coppice waits for checks to begin, and for further failures after the first one. The pull request is ready when no other check has begun for this time',
  ),
  pendingLimit: Duration.prefault('2h').describe(
    'How long Coppice waits for a pending check. After that it names the check to you and continues',
  ),
  personChecks: z
    .array(z.string().min(1).max(100))
    .default(PERSON_CHECKS)
    .describe(
      'Names of checks that stay pending until a person acts, such as those of merge bots; `*` stands for any text',
    ),
});

/** What a session takes from coppice.yaml when it is registered, and keeps for its life. */
export const SessionSettings = z.strictObject({
  base: BranchName.optional().meta({
    description: 'Base branch; the remote’s default when absent',
    examples: ['main'],
  }),
  remote: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)
    .default('origin')
    .describe('The git remote on GitHub'),
  branch: template('issue-{issue}')
    .default(DEFAULT_BRANCH_TEMPLATE)
    .describe('Name of a session’s branch'),
  worktree: template('../{repo}-issue-{issue}')
    .default(DEFAULT_WORKTREE_TEMPLATE)
    .describe('The path of a session’s worktree, relative to the checkout'),
  agent: AgentSettings.prefault({}).describe('The coding agent'),
  agents: NamedAgents,
  hooks: z
    .strictObject({
      setup: z
        .array(z.string().min(1))
        .default([])
        .meta({
          description: 'Shell commands run in a new worktree before the first turn',
          examples: [['npm ci']],
        }),
      setupInputs: z
        .array(z.string().min(1))
        .default([])
        .meta({
          description:
            'Files in the worktree. When their content has changed, the setup commands run again before the next turn',
          examples: [['package-lock.json']],
        }),
      teardown: z
        .array(z.string().min(1))
        .default([])
        .meta({
          description:
            'Shell commands run before a worktree is removed after the merge; a failure is reported and does not stop the removal',
          examples: [['docker compose down']],
        }),
      env: z
        .array(VariableName)
        .optional()
        .meta({
          description:
            'Environment variables that these commands and the checks may see, besides PATH, HOME, the locale, proxies and certificates; default: those of agent.env',
          examples: [['NPM_TOKEN', 'JAVA_HOME']],
        }),
      timeout: Duration.prefault('10m').describe('The longest time that one command may take'),
    })
    .prefault({})
    .describe('Your own commands around a session'),
  checks: z
    .array(z.string().min(1))
    .default([])
    .meta({
      description: 'Shell commands that must succeed in the worktree before anything is pushed',
      examples: [['npm test']],
    }),
  pullRequests: PullRequestSettings.prefault({}).describe(
    'How pull requests are opened and maintained',
  ),
  policy: Policy.prefault({}).describe('What Coppice may do by itself'),
});
export type SessionSettings = z.infer<typeof SessionSettings>;
