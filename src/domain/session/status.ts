import { z } from 'zod';

/** The six values a person sees. A merged session is `complete` with its pull request `merged`. */
export const SessionStatus = z.enum([
  'registered',
  'planning',
  'working',
  'stuck',
  'complete',
  'cancelled',
]);
export type SessionStatus = z.infer<typeof SessionStatus>;

/** Statuses in which a session has an agent at work, or is about to, unless it waits for checks. */
export const isAtWork = (status: SessionStatus): boolean =>
  status === 'registered' || status === 'planning' || status === 'working';

/** The parts of a session's life, in order; `work`, `publish` and `review` come round again. */
export const Phase = z.enum(['register', 'plan', 'work', 'publish', 'review', 'ended']);
export type Phase = z.infer<typeof Phase>;

/** What a session's status follows from. */
export interface StatusFacts {
  readonly phase: Phase;
  /** The question that is open; null when nothing is asked. */
  readonly stuck: unknown;
  /** Whether nothing is left to do but a person's review. */
  readonly ready: boolean;
  readonly cancelled: boolean;
}

export function statusOf({ cancelled, stuck, phase, ready }: StatusFacts): SessionStatus {
  if (cancelled) return 'cancelled';
  if (stuck) return 'stuck';
  switch (phase) {
    case 'register':
      return 'registered';
    case 'plan':
      return 'planning';
    case 'work':
    case 'publish':
      return 'working';
    case 'review':
      return ready ? 'complete' : 'working';
    case 'ended':
      return 'complete';
  }
}
