import { z } from 'zod';

/** When a session began, as GitHub tells it: a host's clock may go wrong. */
export const SessionStart = z.object({
  /** ISO 8601. */
  at: z.string(),
  /** The number of the repository's last comment then: GitHub numbers them in order. Null when it is not known. */
  lastComment: z.number().int().nonnegative().nullable(),
});
export type SessionStart = z.infer<typeof SessionStart>;
