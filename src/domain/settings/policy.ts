import { z } from 'zod';
import { Budget } from '../session/budget.ts';
import { Duration } from './formats.ts';

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
