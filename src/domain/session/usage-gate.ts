import { z } from 'zod';

/**
 * What a host knows of an account's usage limit: until then no agent of that account is started, since it would only be
 * refused. Times are ISO 8601.
 */
export const UsageGate = z.object({
  /** The account in words for a person, such as `claude (ANTHROPIC_API_KEY)`. */
  account: z.string(),
  closedAt: z.string(),
  until: z.string(),
  /** How many times in a row its end was guessed, because the agent did not tell it; 0 when it did. */
  guesses: z.number().int().nonnegative(),
});
export type UsageGate = z.infer<typeof UsageGate>;

/** How long to wait for an end that nobody knows, in milliseconds: twice as long each time, within these bounds. */
const FIRST_GUESS = 5 * 60_000;
const LONGEST_GUESS = 60 * 60_000;

export const guessedPause = (guesses: number): number =>
  Math.min(LONGEST_GUESS, FIRST_GUESS * 2 ** (guesses - 1));

export const isClosed = ({ until }: UsageGate, now: number): boolean => Date.parse(until) > now;

/**
 * The gate after a turn has met the limit.
 * @param until when the limit ends, as the agent told; a moment that has passed tells nothing
 * @param began when the turn began, in milliseconds since 1970: one that began before the gate was closed adds no guess
 */
export function closedBy(
  gate: UsageGate | undefined,
  { account, until }: { readonly account: string; readonly until: string | undefined },
  began: number,
  now: number,
): UsageGate {
  const closedAt = new Date(now).toISOString();
  const known = gate?.guesses === 0 && isClosed(gate, now) ? gate : undefined;
  if (until !== undefined && Date.parse(until) > now)
    return known && Date.parse(known.until) > Date.parse(until)
      ? known
      : { account, closedAt, until: new Date(until).toISOString(), guesses: 0 };
  if (gate && began < Date.parse(gate.closedAt)) return gate;
  const guesses = (gate?.guesses ?? 0) + 1;
  return { account, closedAt, until: new Date(now + guessedPause(guesses)).toISOString(), guesses };
}

/** Whether a turn that got through opens it: only one that began after it was closed can tell. */
export const isOpenedBy = ({ closedAt }: UsageGate, began: number): boolean =>
  began >= Date.parse(closedAt);
