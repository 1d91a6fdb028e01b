import { z } from 'zod';
import { oneLine } from '../shared/text.ts';

/** A message that a session refused. The person is shown it, because a signal gets no answer. */
export const Refusal = z.object({
  /** ISO 8601. */
  at: z.string(),
  /** The beginning of the message. */
  what: z.string(),
  reason: z.string(),
});
export type Refusal = z.infer<typeof Refusal>;

const MAX_REFUSALS = 20;

/** Records a refused message. The latest ones are kept. */
export function noteRefusal(
  refused: Refusal[],
  { what, reason, at }: { what: unknown; reason: string; at: string },
): void {
  const written = typeof what === 'string' ? what : (JSON.stringify(what) ?? String(what));
  refused.push({ at, what: oneLine(written, 200), reason: oneLine(reason, 500) });
  refused.splice(0, refused.length - MAX_REFUSALS);
}
