import { z } from 'zod';
import { MAX_CONTEXT } from '../session/turn.ts';
import { type Check, failedIn, namesOf } from './checks.ts';
import type { PullRequestSnapshot } from './pull-request.ts';

/** A turn that was taken to repair failed checks. */
export const Repair = z.object({
  headSha: z.string(),
  /** Names the failures together with the change they failed on. */
  key: z.string(),
  /** Names of the checks, to be shown. */
  failures: z.array(z.string()),
  /** Their identities. */
  ids: z.array(z.string()).default([]),
  /** Whether all checks have passed since. */
  over: z.boolean().default(false),
});
export type Repair = z.infer<typeof Repair>;

/** What was found out about the failed checks of one head, so that it is found out once. */
export const Examined = z.object({
  headSha: z.string(),
  /** The attempts that were looked at. */
  runAttempts: z.array(z.string()).default([]),
  /** Why no turn is taken for them, in words. */
  note: z.string(),
  /** Someone else pushed that commit: it is theirs to repair. */
  pushedByOthers: z.boolean(),
  /** When it was found out, ISO 8601. */
  at: z.string().default(''),
  /** Identities of those that fail on the base too, and the commit that it was at. */
  onBase: z.array(z.string()).default([]),
  baseSha: z.string().default(''),
  /** They failed on the base too, and pass there now: the branch is moved onto it unless they are run again soon. */
  fixedOnBase: z.boolean().default(false),
});
export type Examined = z.infer<typeof Examined>;

/** Failed checks that a person is asked about. */
export const AskedChecks = z.object({
  headSha: z.string(),
  runAttempts: z.array(z.string()),
  decision: z.string(),
  context: z.string().max(MAX_CONTEXT),
  /** What the agent is told with the answer. */
  turnContext: z.string(),
});
export type AskedChecks = z.infer<typeof AskedChecks>;

/** More than a person waits for. */
export const MOST_REPAIRS = 50;

/** How long what fails on the base too is left alone before it is looked at again, in milliseconds. */
export const LOOK_AGAIN = 15 * 60_000;

/** Whether as many turns were taken on one of these failures, or since all checks passed, as may be. */
export function isLimitReached(
  repairs: readonly Repair[],
  failures: readonly Check[],
  limit: number,
): boolean {
  const heads = (id: string) =>
    new Set(repairs.filter(({ ids }) => ids.includes(id)).map(({ headSha }) => headSha)).size;
  const lately = repairs.filter(({ over }) => !over).length;
  return lately >= limit || failures.some(({ id }) => heads(id) >= limit);
}

/** Whether nothing new can be found out about failed checks: each attempt was looked at, and the base has not moved since. */
export function isExamined(
  { headSha, baseSha, checks }: PullRequestSnapshot,
  examined: Examined | null,
  now: number,
): boolean {
  if (examined?.headSha !== headSha) return false;
  const isKnown = failedIn(checks).every(({ runAttempt: attempt }) =>
    examined.runAttempts.includes(attempt),
  );
  if (!isKnown || examined.onBase.length === 0) return isKnown;
  const hasMoved = baseSha !== undefined && baseSha !== examined.baseSha;
  return !hasMoved && Date.parse(examined.at) + LOOK_AGAIN > now;
}

/** Whether what a person is asked about still fails. */
export const stillFails = ({ headSha, checks }: PullRequestSnapshot, asked: AskedChecks): boolean =>
  headSha === asked.headSha &&
  failedIn(checks).some(({ runAttempt: attempt }) => asked.runAttempts.includes(attempt));

/** The question about failed checks, for a person to decide. */
export function questionAbout(
  failures: readonly Check[],
  {
    repairs,
    context,
    isSame,
    limit,
  }: {
    readonly repairs: readonly Repair[];
    /** What the agent would be told of them. */
    readonly context: string;
    /** Whether the change fails as it did before the last turn. */
    readonly isSame: boolean;
    readonly limit: number;
  },
): Pick<AskedChecks, 'decision' | 'context'> {
  const names = namesOf(failures).join(', ');
  const history = repairs.map(
    (repair, index) => `Turn ${index + 1} at ${repair.headSha.slice(0, 8)}: ${repair.failures}`,
  );
  return {
    decision: isSame
      ? `The same checks fail in the same way after a turn: ${names}. What now?`
      : `Checks still fail after ${limit} ${limit === 1 ? 'turn' : 'turns'}: ${names}. What now?`,
    context: [...history, context].join('\n').slice(0, 2_000),
  };
}
