import type { PlannedIssue } from '../../../src/domain/run/plan.ts';

export interface SampleIssue extends Pick<PlannedIssue, 'after'> {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
}

/** The sample repository's issues: three independent ones, a refactoring, and one on top of that. */
export const SAMPLE_ISSUES: readonly SampleIssue[] = [
  {
    number: 123,
    title: 'Add export button',
    body: 'People copy reports by hand into spreadsheets. Give every report a button that exports it as CSV.',
    labels: ['enhancement'],
    after: [],
  },
  {
    number: 124,
    title: 'Implement auth flow',
    body: 'A token ends after an hour in the middle of work. Keep people logged in while they are at it.',
    labels: ['enhancement', 'security'],
    after: [],
  },
  {
    number: 125,
    title: 'Add dark mode',
    body: 'Follow the system’s colour preference, with a toggle that overrides it.',
    labels: ['enhancement'],
    after: [],
  },
  {
    number: 126,
    title: 'Refactor auth service',
    body: 'Password hashing and logging in are tangled. Take them apart, so that there can be other ways to log in.',
    labels: ['refactoring'],
    after: [],
  },
  {
    number: 127,
    title: 'Add SSO support',
    body: 'Log in with an assertion signed by the identity provider. Builds on the ways to log in of #126.',
    labels: ['enhancement'],
    after: [126],
  },
];

/** What #124 asks in its session. */
export const TOKEN_REFRESH = {
  decision: 'Token refresh approach',
  options: [
    {
      label: 'sliding expiration',
      consequence: 'people stay logged in while they work',
      recommended: true,
    },
    { label: 'fixed expiration', consequence: 'everybody logs in again after an hour' },
  ],
  context: 'User tokens expire after 1 hour, need seamless refresh',
} as const;

/** The answer a viewer is offered. */
export const TOKEN_REFRESH_GUIDANCE = 'Use sliding expiration with 15-minute window';
