import { condition } from '@temporalio/workflow';
import type { SessionState } from '../../domain/session/state.ts';
import type { SessionSettings } from '../../domain/settings/session-settings.ts';

interface Closed {
  readonly state: SessionState;
  readonly settings: SessionSettings;
  continueWait(activity: string): void;
}

/**
 * Waits for a pull request that was just closed to be reopened: people do both to have its checks run.
 * @returns whether it is open; it may also have been merged
 */
export async function isReopened(session: Closed): Promise<boolean> {
  const { state } = session;
  const { feedback } = state;
  const isClosed = () => state.pullRequest?.state === 'closed' && !state.pullRequest.merged;
  if (!isClosed()) return false;
  feedback.closedSince ??= new Date().toISOString();
  const until = Date.parse(feedback.closedSince) + session.settings.pullRequests.reopen * 1_000;
  const at = `${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const wish = state.pullRequest?.headGone ? 'that branch is restored and it' : 'it';
  session.continueWait(`${whyClosed(session)}: ends at ${at} unless ${wish} is reopened`);
  const left = until - Date.now();
  if (left > 0) await condition(() => !isClosed(), left, { summary: 'Wait to be reopened' });
  if (isClosed()) return false;
  feedback.closedSince = null;
  return state.pullRequest?.merged !== true;
}

/** GitHub closes a pull request whose branch is deleted or gets another name. */
export const whyClosed = ({ state }: Pick<Closed, 'state'>): string =>
  state.pullRequest?.headGone
    ? `its pull request was closed, because its branch ${state.registration?.location.branch} was deleted or renamed on GitHub`
    : 'its pull request was closed';
