import { z } from 'zod';

/** A machine with less memory is full before; one with more is the person's to say. */
const DEFAULT_AGENTS = 8;

/** GitHub allows 5,000 requests an hour, and an unchanged pull request costs none. */
const DEFAULT_POLL_SECONDS = 30;

const Environment = z.object({
  COPPICE_AGENTS: z.coerce.number().int().positive().max(1_000).default(DEFAULT_AGENTS),
  COPPICE_POLL_SECONDS: z.coerce.number().positive().max(3_600).default(DEFAULT_POLL_SECONDS),
});

export interface Limits {
  /** Agents that may be at work on this host at the same time. */
  readonly agents: number;
  /** Seconds between two looks at the open pull requests. */
  readonly pollSeconds: number;
}

/** This host's limits, from the environment. @throws Error that names the variable */
export function limits(env: NodeJS.ProcessEnv): Limits {
  const parsed = Environment.safeParse(env);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return { agents: parsed.data.COPPICE_AGENTS, pollSeconds: parsed.data.COPPICE_POLL_SECONDS };
}
