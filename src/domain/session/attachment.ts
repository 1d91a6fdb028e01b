import { z } from 'zod';
import { type StatusFacts, statusOf } from './status.ts';

/** A person at a terminal who asks for a session's agent and worktree. */
export const AttachRequest = z.object({
  id: z.uuid(),
  /** The `coppice attach` that asks, as src/process knows it. */
  holder: z.object({ pid: z.int().positive(), started: z.string().min(1).max(200) }),
  /** The id of an attachment whose holder is gone. */
  instead: z.uuid().optional(),
});
export type AttachRequest = z.infer<typeof AttachRequest>;

/** That a session is held for a terminal. */
export const Attachment = AttachRequest.pick({ id: true, holder: true }).extend({
  /** ISO 8601. */
  since: z.string(),
  /** Whether the person has left: the session goes on as soon as nothing runs in its worktree. */
  left: z.boolean(),
});
export type Attachment = z.infer<typeof Attachment>;

/** The person has left, and what they say of it; without an id, whatever attachment there is ends. */
export const Detach = z.object({
  id: z.uuid().optional(),
  /** Guidance as it may be said, unread: what is wrong with it keeps nobody from leaving. */
  guidance: z.unknown().optional(),
});
export type Detach = z.input<typeof Detach>;

/** As much of a session as decides whether it can be attached. */
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

/** Why nothing can be held still in it. */
export function notHoldableReason(session: Attachable): string | undefined {
  const status = statusOf(session);
  return session.phase !== 'ended' && (status === 'stuck' || status === 'complete')
    ? undefined
    : `it is ${status} (${session.activity}), and only a session that is stuck or complete can be`;
}
