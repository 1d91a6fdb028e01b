import { z } from 'zod';
import { MAX_CONTEXT } from '../session/turn.ts';
import { type Check, failedIn, namesOf } from './checks.ts';
import type { PullRequestSnapshot } from './pull-request.ts';

/** A turn that repaired failed checks. */
export const Repair = z.object({
  headSha: z.string(),
  /** A key for the failures together with the change on which they failed. */
  key: z.string(),
  /** Names of the checks, for the person. */
  failures: z.array(z.string()),
  /** Ids of the checks. */
  ids: z.array(z.string()).default([]),
  /** Whether all checks have passed since. */
  over: z.boolean().default(false),
});
export type Repair = z.infer<typeof Repair>;

/** The result of an examination of one head's failed checks, so that they are examined once. */
export const Examined = z.object({
  headSha: z.string(),
  /** The run attempts that were examined. */
  runAttempts: z.array(z.string()).default([]),
  /** Why no turn is taken for them, as text. */
  note: z.string(),
  /** Whether somebody else pushed that commit, and so repairs it. */
  pushedByOthers: z.boolean(),
  /** When they were examined, ISO 8601. */
  at: z.string().default(''),
  /** Ids of the checks that also fail on the base. `baseSha` is the commit of the base. */
  onBase: z.array(z.string()).default([]),
  baseSha: z.string().default(''),
  /** Whether they failed on the base too and pass there now. Then the branch is rebased, unless they are rerun soon. */
  fixedOnBase: z.boolean().default(false),
});
export type Examined = z.infer<typeof Examined>;

/** Failed checks about which a person is asked. */
export const AskedChecks = z.object({
  headSha: z.string(),
  runAttempts: z.array(z.string()),
  decision: z.string(),
  context: z.string().max(MAX_CONTEXT),
  /** Text for the agent beside the answer. */
  turnContext: z.string(),
});
export type AskedChecks = z.infer<typeof AskedChecks>;

/** The most repairs that are stored. */
export const MOST_REPAIRS = 50;

/** How long checks that also fail on the base are left alone before they are examined again, in milliseconds. */
export const LOOK_AGAIN = 15 * 60_000;

/** Whether the limit of turns is reached, for one of these failures or since all checks passed. */
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

/** Whether the failed checks are examined already: each run attempt is known, and the base has not moved since. */
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

/** An examination after which the failed checks are examined again, as failures of the branch's own. */
export const toExamineAgain = (examined: Examined): Examined => ({
  ...examined,
  ...{ runAttempts: [], onBase: [], fixedOnBase: false },
});

/** Whether the checks about which a person is asked still fail. */
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
    /** The text about them that the agent would get. */
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
