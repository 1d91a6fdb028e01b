import { z } from 'zod';
import { DEFAULT_BRANCH_TEMPLATE, DEFAULT_WORKTREE_TEMPLATE } from '../shared/identity.ts';
import { AgentSettings, NamedAgents, VariableName } from './agent-settings.ts';
import { BranchName, Duration, template } from './formats.ts';
import { Policy } from './policy.ts';
import { PullRequestSettings } from './pull-request-settings.ts';

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
