import { z } from 'zod';

/**
 * The part of a question that a session needs after continue-as-new.
 * - `ask`: guidance that the agent has not received yet answers it, and stays for its next turn.
 * - `askForAgent`: the same for the agent's own question. Question and answer are shown in the pull request.
 * - `askOperator`: only guidance that comes after the question answers it: the first `guidanceBefore` pieces that
 *   wait do not. The answer is for Coppice.
 */
export const OpenQuestion = z.object({
  how: z.enum(['ask', 'askForAgent', 'askOperator']),
  decision: z.string(),
  guidanceBefore: z.number().int(),
  /** Whether the notification was sent. */
  notified: z.boolean(),
});
export type OpenQuestion = z.infer<typeof OpenQuestion>;
