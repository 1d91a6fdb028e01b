import { z } from 'zod';
import { type Check, type Checks, failedIn, namesOf, unfinishedIn } from './checks.ts';

/** Attempts of checks that were run again and of which no newer attempt was seen, and when they last were, ISO 8601. */
const Rerun = z.object({ runAttempts: z.array(z.string()), at: z.string() });
type Rerun = z.infer<typeof Rerun>;

/** When the checks of a pull request changed, by the session's clock. */
export const CheckTiming = z.object({
  /** Names the head and its failed checks: see {@link settlingKey}. */
  key: z.string().default(''),
  /** When `key` was seen first, ISO 8601. */
  since: z.string().default(''),
  /** The checks that have begun, see {@link Checks}, and when the last of them was first seen, ISO 8601. */
  begun: z.string().default(''),
  begunAt: z.string().default(''),
  /** When each pending check of the head was seen first, by {@link pendingKey}. */
  pendingSince: z.record(z.string(), z.string()).default({}),
  /** Since when more are pending than are listed, ISO 8601. */
  unlistedSince: z.string().nullable().default(null),
  rerun: Rerun.nullable().default(null),
  /** Required checks that were not reported for a head, and when they were read; null when they were not read. */
  required: z
    .object({ headSha: z.string(), missing: z.array(z.string()), at: z.string() })
    .nullable()
    .default(null),
});
export type CheckTiming = z.infer<typeof CheckTiming>;

export const newCheckTiming = (): CheckTiming => ({
  ...{ key: '', since: '', begun: '', begunAt: '' },
  ...{ pendingSince: {}, unlistedSince: null, rerun: null, required: null },
});

/** How long a session waits for checks, in seconds, and which checks wait for a person. */
export interface CheckTimeouts {
  /** The wait for checks to begin, or for another one to follow. */
  readonly settle: number;
  /** The wait for a pending check. */
  readonly pendingLimit: number;
  /** Names of checks that stay pending until a person acts; `*` stands for any text. */
  readonly personChecks: readonly string[];
}

interface CheckedHead {
  readonly headSha: string;
  readonly checks: Checks;
}

/** A key that changes when there is something new to wait for: another head, another failure, or the first check. */
const settlingKey = ({ headSha, checks }: CheckedHead): string =>
  [headSha, checks.total > 0, ...failedIn(checks).map(({ runAttempt: attempt }) => attempt)].join(
    ' ',
  );

/** A check's attempt. A commit status has none: it is often reported anew, with another description. */
const pendingKey = ({ id, runAttempt, runId }: Check): string =>
  runId === null ? id : `${id} ${runAttempt}`;

/** Stores since when the checks have had their present state. @param now in milliseconds since 1970 */
export function noteChecks(known: CheckTiming, head: CheckedHead, now: number): CheckTiming {
  const at = new Date(now).toISOString();
  const key = settlingKey(head);
  const { key: before, since, rerun, required } = known;
  const { pendingSince, unlistedSince } = before.startsWith(`${head.headSha} `)
    ? known
    : newCheckTiming();
  const { begun = '', pending, running } = head.checks;
  const isNew = key !== before || begun !== known.begun || known.begunAt === '';
  return {
    ...{ key, since: key === before ? since : at },
    ...{ begun, begunAt: isNew ? at : known.begunAt },
    // One that is listed only now may be pending for as long as the list was too short.
    pendingSince: Object.fromEntries(
      running.map(pendingKey).map((one) => [one, pendingSince[one] ?? unlistedSince ?? at]),
    ),
    unlistedSince: pending > running.length ? (unlistedSince ?? at) : null,
    rerun: rerun && outstanding(rerun, head.checks),
    required: required?.headSha === head.headSha ? required : null,
  };
}

/** What of a rerun has not begun yet: GitHub still tells the result of the former attempt. */
function outstanding({ runAttempts, at }: Rerun, checks: Checks): Rerun | null {
  const former = unfinishedIn(checks).map(({ runAttempt }) => runAttempt);
  const left = runAttempts.filter((one) => former.includes(one));
  return left.length > 0 ? { runAttempts: left, at } : null;
}

/** Stores that checks were run again. GitHub may show their former results for a while. @param at ISO 8601 */
export function noteRerun(
  feedback: { checkTiming: CheckTiming },
  checks: readonly Check[],
  at: string,
): void {
  const before = feedback.checkTiming.rerun?.runAttempts ?? [];
  const runAttempts = [...before, ...checks.map(({ runAttempt }) => runAttempt)];
  feedback.checkTiming = { ...feedback.checkTiming, begunAt: at, rerun: { runAttempts, at } };
}

/** Stores which required checks were not reported for a head, and when. @param at ISO 8601 */
export function noteMissingRequired(
  feedback: { checkTiming: CheckTiming },
  { headSha, missing, at }: { headSha: string; missing: readonly string[]; at: string },
): void {
  feedback.checkTiming = {
    ...feedback.checkTiming,
    required: { headSha, missing: [...missing], at },
  };
}

/** When no more checks are expected to fail, in milliseconds since 1970. */
export const failuresSettledAt = ({ since }: CheckTiming, { settle }: CheckTimeouts): number =>
  Date.parse(since) + settle * 1_000;

/** When no more checks are expected to begin, in milliseconds since 1970. */
export const settledAt = ({ since, begunAt }: CheckTiming, { settle }: CheckTimeouts): number =>
  Math.max(Date.parse(since), Date.parse(begunAt)) + settle * 1_000;

/** How many times as long as for other checks a session waits for those that were run again to begin. */
const RERUN_BEGINS = 5;

/** When checks that were run again are no longer expected to begin, in milliseconds since 1970; 0 when there are none. */
export const rerunBeginsBy = ({ rerun }: CheckTiming, { settle }: CheckTimeouts): number =>
  rerun ? Date.parse(rerun.at) + RERUN_BEGINS * settle * 1_000 : 0;

/** How often missing required checks are read again, in milliseconds. */
const LOOK_FOR_REQUIRED = 5 * 60_000;

/**
 * What to do about the required checks of a head for which no further check is expected: read them (`look`), wait for the
 * missing ones, or continue without them. Times are milliseconds since 1970.
 */
export function requiredChecksStep(
  { since, required }: CheckTiming,
  { pendingLimit }: CheckTimeouts,
  now: number,
): { readonly look: true } | { readonly look: false; missing: readonly string[]; until?: number } {
  if (!required) return { look: true };
  const { missing, at } = required;
  const end = Date.parse(since) + pendingLimit * 1_000;
  if (missing.length === 0 || end <= now) return { look: false, missing };
  const next = Date.parse(at) + LOOK_FOR_REQUIRED;
  return next <= now ? { look: true } : { look: false, missing, until: Math.min(next, end) };
}

/** For how many pending checks a session waits, until when, and for which it does not wait any longer. */
export interface Pending {
  readonly waitsFor: number;
  /** Milliseconds since 1970; undefined when nothing is waited for. */
  readonly until: number | undefined;
  /** Their names, and how many more there are. */
  readonly excused: readonly string[];
}

/** Separates the pending checks. One that is pending for too long, or that waits for a person, delays nothing. */
export function pendingChecks(
  { pending, running }: Checks,
  { pendingSince, unlistedSince }: CheckTiming,
  { pendingLimit, personChecks }: CheckTimeouts,
  now: number,
): Pending {
  const limited = (since: string | null | undefined): number =>
    (since ? Date.parse(since) : now) + pendingLimit * 1_000;
  const ends = (check: Check): number =>
    personChecks.some((pattern) => matches(check.name, pattern))
      ? now
      : limited(pendingSince[pendingKey(check)]);
  const excused = running.filter((check) => ends(check) <= now);
  const unlisted = pending - running.length;
  const endOfUnlisted = limited(unlistedSince);
  const excusedUnlisted = endOfUnlisted <= now ? unlisted : 0;
  const until = [...running.map(ends), ...(unlisted > 0 ? [endOfUnlisted] : [])].filter(
    (end) => end > now,
  );
  return {
    waitsFor: pending - excused.length - excusedUnlisted,
    until: until.length > 0 ? Math.min(...until) : undefined,
    excused: [...namesOf(excused), ...(excusedUnlisted > 0 ? [`${excusedUnlisted} more`] : [])],
  };
}

function matches(name: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(name);
}

/** Whether all have passed but those that are waited for no longer or wait for a person, and no more are expected. */
export const haveAllPassed = (
  { checks }: CheckedHead,
  settling: CheckTiming,
  timeouts: CheckTimeouts & { readonly now: number },
): boolean =>
  checks.total > 0 &&
  failedIn(checks).length + unfinishedIn(checks).length === 0 &&
  pendingChecks(checks, settling, timeouts, timeouts.now).waitsFor === 0 &&
  settledAt(settling, timeouts) <= timeouts.now;

/**
 * Names of checks that stay pending until a person acts: those of merge bots, agreements to be signed, and approvals. None
 * of them is the beginning of an ordinary check's name, as `CLA*` is of `clang-tidy`.
 */
export const PERSON_CHECKS = [
  ...['tide', 'bors', 'Mergify*', 'Merge Queue', 'kodiakhq*', 'pullapprove*'],
  ...['license/cla', 'CLA', 'CLA/*', 'CLA *', 'CLA-*', 'CLAssistant*', 'CLAAssistant*'],
  ...['EasyCLA', 'verification/cla-signed', 'DCO'],
  ...['code-review/*', 'reviewable', 'approvals'],
];
