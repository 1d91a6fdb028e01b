import { z } from 'zod';
import { MACHINE_USERS } from '../pull-request/authors.ts';
import { PERSON_CHECKS } from '../pull-request/check-timing.ts';
import { REVIEWING_BOTS } from '../pull-request/feedback.ts';
import { FIXING_BOTS } from '../pull-request/other-fixer.ts';
import { Duration } from './formats.ts';

const Login = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]*(\/[A-Za-z0-9._-]+)?(\[bot\])?$/);

/** How pull requests are opened and maintained. */
export const PullRequestSettings = z.strictObject({
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
