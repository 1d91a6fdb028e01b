import { ApplicationFailure, condition } from '@temporalio/workflow';
import { z } from 'zod';
import {
  type Attachment,
  AttachRequest,
  attachProblem,
  Detach,
  restProblem,
} from '../../domain/session/attachment.ts';
import type { Attached, Base, SessionLocation } from '../../domain/session/session.ts';
import { noteWork, type SessionState } from '../../domain/session/state.ts';
import type { Work } from '../../domain/session/turn.ts';
import { agentFor } from '../../domain/settings/agent-settings.ts';
import { hostActivities } from '../activities.ts';
import { parseInput } from '../input.ts';
import { receiveGuidance, refuse } from './inbox.ts';
import { isLong } from './move-on.ts';

interface Holder {
  readonly state: SessionState;
  /** Whether it does nothing, and will begin nothing while it is held. */
  readonly isResting: boolean;
  /** Has told what the session is now. */
  publishStatus(): void;
}

/** A session that a person had in a terminal. */
interface AttachedSession extends Pick<Holder, 'state' | 'publishStatus'> {
  readonly location: SessionLocation;
  readonly base: Base;
}

/** Lets a person have a session's agent and worktree in a terminal, once the session rests. */
export async function attach(holder: Holder, request: AttachRequest): Promise<Attached> {
  const { state } = holder;
  const { id, holder: process } = AttachRequest.parse(request);
  state.attached = { id, holder: process, since: new Date().toISOString(), left: false };
  await hold(holder, id);
  holder.publishStatus();
  return opened(state);
}

/** @throws ApplicationFailure InvalidInput, when the session can't be attached now */
export function refuseAttachment(state: SessionState, request: AttachRequest): void {
  const { instead } = parseInput(AttachRequest, request);
  const problem = attachProblem(state, instead);
  if (problem !== undefined) throw refused(problem);
}

/** The person has left the terminal, perhaps with guidance. */
export function detach({ state }: Holder, input: Detach): void {
  const parsed = Detach.safeParse(input);
  if (!parsed.success) {
    refuse(state, 'signal detach', z.prettifyError(parsed.error));
    return;
  }
  const { id, guidance } = parsed.data;
  if (guidance !== undefined) receiveGuidance(state, guidance);
  if (state.attached && (id === undefined || id === state.attached.id))
    state.attached = { ...state.attached, left: true };
}

const refused = (problem: string) =>
  ApplicationFailure.nonRetryable(`can’t be attached: ${problem}`, 'InvalidInput');

/** Waits until the session comes to rest, in which it stays as long as it is attached. It may be on its way elsewhere. */
async function hold(holder: Holder, id: string): Promise<void> {
  const { state } = holder;
  const isOurs = () => state.attached?.id === id;
  await condition(
    () => holder.isResting || !isOurs() || restProblem(state) !== undefined || isLong(),
  );
  if (holder.isResting && isOurs()) return;
  if (isOurs()) state.attached = null;
  throw refused(restProblem(state) ?? 'it is busy for a moment: try again');
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

/** After the person has left: whatever of the terminal's agent still runs is ended. Returns what is in the worktree now. */
export async function takeBack(session: AttachedSession, { id }: Attachment): Promise<Work | null> {
  const { state, location, base } = session;
  const work = await hostActivities(location).endAttachment({ location, base, id });
  if (work) noteWork(state, work);
  state.attached = null;
  session.publishStatus();
  return work;
}
