import { z } from 'zod';
import { keepLatest, MOST, shorten } from './bounds.ts';
import { type Guidance, GuidanceAction, isOnlyRaise, Raise, ToolRule } from './guidance.ts';

/** Guidance that a session took, oldest first. Times are ISO 8601. */
export const ReceivedGuidance = z.object({
  text: z.string(),
  action: GuidanceAction,
  allow: z.array(ToolRule),
  budget: Raise,
  interrupt: z.boolean(),
  relayed: z.boolean().default(false),
  receivedAt: z.string(),
  /** When the agent got it, or Coppice acted on it; null while it waits. */
  deliveredAt: z.string().nullable(),
});
export type ReceivedGuidance = z.infer<typeof ReceivedGuidance>;

/** What the agent has not had yet. */
export const pendingGuidance = (guidance: readonly ReceivedGuidance[]): ReceivedGuidance[] =>
  guidance.filter(({ deliveredAt }) => deliveredAt === null);

/**
 * Adds guidance to what the session has. A raise of the budget alone is nothing for the agent.
 * @param turn when the last turn began: what it was given may have to wait again
 */
export function receive(
  received: ReceivedGuidance[],
  guidance: Guidance,
  { at, turn }: { readonly at: string; readonly turn: string | undefined },
): void {
  const deliveredAt = isOnlyRaise(guidance) ? at : null;
  received.push({ ...guidance, receivedAt: at, deliveredAt });
  shortenDelivered(received, turn);
}

/** Delivers at a moment what waits, or what of it `isWanted`. @returns it */
export function deliverPending(
  received: readonly ReceivedGuidance[],
  at: string,
  isWanted: (guidance: Guidance) => boolean = () => true,
): ReceivedGuidance[] {
  const wanted = pendingGuidance(received).filter(isWanted);
  markDelivered(wanted, at);
  return wanted;
}

export function markDelivered(guidance: readonly ReceivedGuidance[], at: string): void {
  for (const one of guidance) one.deliveredAt = at;
}

/** It waits again: what it was for did not come about. */
export function undoDelivery(guidance: readonly ReceivedGuidance[]): void {
  for (const one of guidance) one.deliveredAt = null;
}

/** Keeps of what was delivered the latest, and the beginning of it, but for what was delivered at the moment `but`. */
export function shortenDelivered(received: ReceivedGuidance[], but?: string): void {
  const delivered = received.filter(
    ({ deliveredAt }) => deliveredAt !== null && deliveredAt !== but,
  );
  const dropped = new Set(keepLatest(delivered, MOST.guidance));
  for (const one of delivered) Object.assign(one, { text: excerptOf(one), allow: [], budget: 0 });
  received.splice(0, received.length, ...received.filter((one) => !dropped.has(one)));
}

/** What the person said, for a person: the beginning of it. */
export function excerptOf({
  text,
  allow,
  budget,
}: Pick<Guidance, 'text' | 'allow' | 'budget'>): string {
  const raise = budget > 0 ? [`budget +${budget}`] : [];
  const lines = [text, ...allow.map((rule) => `allow ${rule}`), ...raise];
  return shorten(lines.filter((line) => line !== '').join('\n'), MOST.excerpt);
}

/** What an agent is told of guidance in its turn; empty when there is nothing to tell. */
export function guidanceText(
  guidance: readonly (Pick<Guidance, 'text' | 'allow'> &
    Partial<Pick<Guidance, 'action' | 'relayed'>>)[],
): string {
  const allowed = guidance.flatMap(({ allow }) => allow);
  return [
    ...guidance
      .map(({ text, action, relayed }) => {
        const said = text === '' && action === 'retry' ? TRY_AGAIN : text;
        return relayed && text !== '' ? `${said}\n${RELAYED}` : said;
      })
      .filter((text) => text !== ''),
    ...(allowed.length > 0 ? [`You may use from now on: ${allowed.join(', ')}`] : []),
  ].join('\n\n');
}

const TRY_AGAIN = 'Try it again.';

const RELAYED = '(The person said this in a chat, whose model passed it on in its own words.)';
