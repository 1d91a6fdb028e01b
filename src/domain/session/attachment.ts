import { z } from 'zod';
import { type StatusFacts, statusOf } from './status.ts';

/** A person's request to use a session's agent and worktree in a terminal. */
export const AttachRequest = z.object({
  id: z.uuid(),
  /** The process of `coppice attach`, as src/process identifies it. */
  holder: z.object({ pid: z.int().positive(), started: z.string().min(1).max(200) }),
  /** The id of an attachment whose holder is gone. */
  instead: z.uuid().optional(),
});
export type AttachRequest = z.infer<typeof AttachRequest>;

/** A terminal for which a session is held. */
export const Attachment = AttachRequest.pick({ id: true, holder: true }).extend({
  /** ISO 8601. */
  since: z.string(),
  /** Whether the person has left. The session continues as soon as nothing runs in its worktree. */
  left: z.boolean(),
});
export type Attachment = z.infer<typeof Attachment>;

/** Tells the session that the person has left. Without an id, any attachment ends. */
export const Detach = z.object({
  id: z.uuid().optional(),
  /** Guidance, not validated yet: invalid guidance must not keep the person from leaving. */
  guidance: z.unknown().optional(),
});
export type Detach = z.input<typeof Detach>;

/** The part of a session that decides whether it can be attached. */
interface Attachable extends StatusFacts {
  readonly activity: string;
  readonly conversation: unknown;
  readonly attached: Attachment | null;
}

/** Why a session can't be attached now. @param instead the id of an attachment that may be replaced */
export function attachProblem(session: Attachable, instead?: string): string | undefined {
  const { attached, conversation } = session;
  const status = statusOf(session);
  if (attached && attached.id !== instead)
    return `it is attached in a terminal already, since ${attached.since}`;
  if (status === 'stuck' && !conversation) return 'its agent has begun no conversation yet';
  return notHoldableReason(session);
}

/** Why the session can't be held for a terminal; undefined when it can. */
export function notHoldableReason(session: Attachable): string | undefined {
  const status = statusOf(session);
  return session.phase !== 'ended' && (status === 'stuck' || status === 'complete')
    ? undefined
    : `it is ${status} (${session.activity}), and only a session that is stuck or complete can be`;
}
