import { z } from 'zod';

/** More agents at once need more memory than most machines have. A person can set another limit. */
const DEFAULT_AGENTS = 8;

/** A round costs about one point of the 5,000 that GitHub allows in an hour. */
const DEFAULT_POLL_SECONDS = 30;

/** Loopback only, because whoever receives webhooks from the internet has a proxy in front. */
const DEFAULT_WEBHOOK_HOST = '127.0.0.1';

/** With webhooks, polling only finds what they missed. In seconds. */
const SAFETY_NET_SECONDS = 300;

const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

const Environment = z.object({
  COPPICE_AGENTS: z.coerce.number().int().positive().max(1_000).default(DEFAULT_AGENTS),
  COPPICE_POLL_SECONDS: z.coerce.number().positive().max(3_600).default(DEFAULT_POLL_SECONDS),
  COPPICE_WEBHOOK_PORT: optional(z.coerce.number().int().min(0).max(65_535)),
  COPPICE_WEBHOOK_HOST: z.string().min(1).default(DEFAULT_WEBHOOK_HOST),
  GITHUB_WEBHOOK_SECRET: optional(z.string()),
});

export interface Limits {
  /** Agents that may be at work on this host at the same time. */
  readonly agents: number;
  /** How often issues and pull requests are polled, in seconds. */
  readonly pollSeconds: number;
  /** Where GitHub's webhooks are received; undefined when they are not. */
  readonly webhook:
    | { readonly host: string; readonly port: number; readonly secret: string }
    | undefined;
}

/** This host's limits, from the environment. @throws Error that names the variable */
export function limits(env: NodeJS.ProcessEnv): Limits {
  const parsed = Environment.safeParse(env);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const {
    COPPICE_AGENTS: agents,
    COPPICE_POLL_SECONDS: pollSeconds,
    COPPICE_WEBHOOK_HOST: host,
    COPPICE_WEBHOOK_PORT: port,
    GITHUB_WEBHOOK_SECRET: secret,
  } = parsed.data;
  if (port === undefined) return { agents, pollSeconds, webhook: undefined };
  if (secret === undefined)
    throw new Error('webhooks need GITHUB_WEBHOOK_SECRET: the secret that GitHub signs them with');
  return {
    agents,
    pollSeconds: Math.max(pollSeconds, SAFETY_NET_SECONDS),
    webhook: { host, port, secret },
  };
}
