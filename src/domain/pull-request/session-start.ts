import { z } from 'zod';

/** When a session was registered, by GitHub's clock, because a host's clock may be wrong. */
export const SessionStart = z.object({
  /** ISO 8601. */
  at: z.string(),
  /** The id of the repository's last comment at that time. GitHub numbers comments in order. Null when it is not known. */
  lastComment: z.number().int().nonnegative().nullable(),
});
export type SessionStart = z.infer<typeof SessionStart>;
