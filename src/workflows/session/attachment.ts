import { ApplicationFailure, condition, log, setHandler } from '@temporalio/workflow';
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
import { attachUpdate, detachSignal } from '../messages.ts';
import { isLong } from './move-on.ts';

export interface Holder {
  readonly state: SessionState;
  /** Whether it does nothing, and will begin nothing while it is held. */
  isResting(): boolean;
  guide(guidance: unknown): void;
  /** Has told what the session is now. */
  publishStatus(): void;
}

/** A session that a person had in a terminal. */
interface AttachedSession extends Pick<Holder, 'state' | 'publishStatus'> {
  readonly location: SessionLocation;
  readonly base: Base;
}

/** Lets a person have a session's agent and worktree in a terminal. */
export function acceptAttachments(holder: Holder): void {
  const { state } = holder;
  setHandler(
    attachUpdate,
    async (input) => {
      const { id, holder: process } = AttachRequest.parse(input);
      state.attached = { id, holder: process, since: new Date().toISOString(), left: false };
      await hold(holder, id);
      holder.publishStatus();
      return opened(state);
    },
    {
      ...attachUpdate.options,
      validator: (input) => {
        const { instead } = parseInput(AttachRequest, input);
        const problem = attachProblem(state, instead);
        if (problem !== undefined) throw refused(problem);
      },
    },
  );
  setHandler(
    detachSignal,
    (input) => {
      const detach = Detach.safeParse(input);
      if (!detach.success) {
        log.warn('ignored a detach signal that is not valid', { error: detach.error });
        return;
      }
      const { id, guidance } = detach.data;
      if (guidance !== undefined) holder.guide(guidance);
      if (state.attached && (id === undefined || id === state.attached.id))
        state.attached = { ...state.attached, left: true };
    },
    detachSignal.options,
  );
}

const refused = (problem: string) =>
  ApplicationFailure.nonRetryable(`can’t be attached: ${problem}`, 'InvalidInput');

/** Waits until the session comes to rest, in which it stays as long as it is attached. It may be on its way elsewhere. */
async function hold({ state, isResting }: Holder, id: string): Promise<void> {
  const isOurs = () => state.attached?.id === id;
  await condition(() => isResting() || !isOurs() || restProblem(state) !== undefined || isLong());
  if (isResting() && isOurs()) return;
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
