import { z } from 'zod';
import { keepLatest, MOST, shorten } from './bounds.ts';
import { type Guidance, GuidanceAction, isOnlyRaise, Raise, ToolRule } from './guidance.ts';

/** One piece of guidance that a session accepted. Times are ISO 8601. */
export const ReceivedGuidance = z.object({
  text: z.string(),
  action: GuidanceAction,
  allow: z.array(ToolRule),
  budget: Raise,
  interrupt: z.boolean(),
  relayed: z.boolean().default(false),
  receivedAt: z.string(),
  /** When the agent got it, or when Coppice used it; null while it waits. */
  deliveredAt: z.string().nullable(),
});
export type ReceivedGuidance = z.infer<typeof ReceivedGuidance>;

/** The guidance that waits. */
export const pendingGuidance = (guidance: readonly ReceivedGuidance[]): ReceivedGuidance[] =>
  guidance.filter(({ deliveredAt }) => deliveredAt === null);

/**
 * Adds guidance to the list. A mere raise of the budget is not for the agent, so it counts as delivered.
 * @param turn when the last turn began; guidance delivered at that moment may have to wait again, so it is kept whole
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

/** Delivers the guidance that waits, or only the guidance that `isWanted`. @returns the delivered guidance */
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

/** Makes the guidance wait again, because its turn did not happen. */
export function undoDelivery(guidance: readonly ReceivedGuidance[]): void {
  for (const one of guidance) one.deliveredAt = null;
}

/** Shortens delivered guidance, and keeps only the latest pieces. Guidance delivered at the moment `but` stays whole. */
export function shortenDelivered(received: ReceivedGuidance[], but?: string): void {
  const delivered = received.filter(
    ({ deliveredAt }) => deliveredAt !== null && deliveredAt !== but,
  );
  const dropped = new Set(keepLatest(delivered, MOST.guidance));
  for (const one of delivered) Object.assign(one, { text: excerptOf(one), allow: [], budget: 0 });
  received.splice(0, received.length, ...received.filter((one) => !dropped.has(one)));
}

/** The beginning of the guidance, as text for a person. */
export function excerptOf({
  text,
  allow,
  budget,
}: Pick<Guidance, 'text' | 'allow' | 'budget'>): string {
  const raise = budget > 0 ? [`budget +${budget}`] : [];
  const lines = [text, ...allow.map((rule) => `allow ${rule}`), ...raise];
  return shorten(lines.filter((line) => line !== '').join('\n'), MOST.excerpt);
}

/** The text of the guidance for the agent; empty when there is none. */
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
