import { ApplicationFailure, condition } from '@temporalio/workflow';
import { z } from 'zod';
import {
  type Attachment,
  AttachRequest,
  attachProblem,
  Detach,
  notHoldableReason,
} from '../../domain/session/attachment.ts';
import type { Attached, Base, SessionLocation } from '../../domain/session/session.ts';
import { noteWork, type SessionState } from '../../domain/session/state.ts';
import type { Work } from '../../domain/session/turn.ts';
import { agentFor } from '../../domain/settings/agent-settings.ts';
import { hostActivities } from '../activities.ts';
import { parseInput } from '../input.ts';
import { noteReceived } from '../updates.ts';
import { isHistoryLong } from './continue-as-new.ts';
import { noteRefused, receiveGuidance } from './receive-guidance.ts';

interface Holder {
  readonly state: SessionState;
  /** Whether the session waits, and starts nothing while it is attached. */
  readonly isWaiting: boolean;
  /** Publishes the session's present status. */
  publishStatus(): void;
}

/** A session that a person had open in a terminal. */
interface AttachedSession extends Pick<Holder, 'state' | 'publishStatus'> {
  readonly location: SessionLocation;
  readonly base: Base;
}

/** Attaches a session: waits until it rests, and returns what is needed to open its agent in a terminal. */
export async function attach(holder: Holder, request: AttachRequest): Promise<Attached> {
  const { state } = holder;
  const { id, holder: process } = AttachRequest.parse(request);
  state.attached = { id, holder: process, since: new Date().toISOString(), left: false };
  await hold(holder, id);
  holder.publishStatus();
  return opened(state);
}

/**
 * What a terminal is told whose request was taken before, and whose answer was lost.
 * @throws ApplicationFailure InvalidInput when the session is not held for it any more
 */
export function attachedBefore(state: SessionState, request: AttachRequest): Attached {
  const { id } = parseInput(AttachRequest, request);
  if (state.attached?.id !== id || state.attached.left)
    throw refused('it was taken back meanwhile: try again');
  return opened(state);
}

/**
 * Refuses an attachment that is not possible now.
 * @throws ApplicationFailure InvalidInput with the reason
 */
export function refuseAttachment(state: SessionState, request: AttachRequest): void {
  const { instead } = parseInput(AttachRequest, request);
  const problem = attachProblem(state, instead);
  if (problem !== undefined) throw refused(problem);
}

/** Records that the person has left the terminal, and receives the guidance that may come with it. */
export function detach({ state }: Holder, input: Detach): void {
  const parsed = Detach.safeParse(input);
  if (!parsed.success) {
    noteRefused(state, 'signal detach', z.prettifyError(parsed.error));
    return;
  }
  const { id, guidance } = parsed.data;
  // A signal is repeated too when its confirmation was lost.
  const isRepeated = id !== undefined && !noteReceived(state.updates, `detach ${id}`);
  if (guidance !== undefined && !isRepeated) receiveGuidance(state, guidance);
  if (state.attached && (id === undefined || id === state.attached.id))
    state.attached = { ...state.attached, left: true };
}

const refused = (problem: string) =>
  ApplicationFailure.nonRetryable(`can’t be attached: ${problem}`, 'InvalidInput');

/**
 * Waits until the session rests. It then rests as long as it is attached. It may have to do something else
 * first.
 */
async function hold(holder: Holder, id: string): Promise<void> {
  const { state } = holder;
  const isSameAttachment = () => state.attached?.id === id;
  await condition(
    () =>
      holder.isWaiting ||
      !isSameAttachment() ||
      notHoldableReason(state) !== undefined ||
      isHistoryLong(),
  );
  if (holder.isWaiting && isSameAttachment()) return;
  if (isSameAttachment()) state.attached = null;
  throw refused(notHoldableReason(state) ?? 'it is busy for a moment: try again');
}

function opened({ conversation, registration, turns, allowed }: SessionState): Attached {
  const kind = turns.at(-1)?.kind ?? 'implement';
  if (!registration || !conversation) throw refused('its agent has begun no conversation yet');
  const { location, settings } = registration;
  const agent = agentFor(settings.agent, kind);
  return {
    location,
    conversation: conversation.id,
    kind,
    agent: { ...agent, allow: [...agent.allow, ...allowed] },
  };
}

/**
 * Called after the person has left the terminal: ends the agent's remaining processes. Returns the work that
 * is in the worktree now.
 */
export async function endAttachment(
  session: AttachedSession,
  { id }: Attachment,
): Promise<Work | null> {
  const { state, location, base } = session;
  const work = await hostActivities(location).endAttachment({ location, base, id });
  if (work) noteWork(state, work);
  state.attached = null;
  session.publishStatus();
  return work;
}
