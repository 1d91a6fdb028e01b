import { isCancellation, log } from '@temporalio/workflow';
import type { BodyParts } from '../../../domain/pull-request/body.ts';
import { digest } from '../../../domain/pull-request/managed-section.ts';
import { bestEffortDescription } from '../../activities.ts';
import type { Session } from '../session.ts';

/** What the session's pull request tells now. */
export const bodyParts = ({ state }: Session): BodyParts => ({
  summary: state.report.summary,
  tests: state.report.tests,
  decisions: state.decisions,
  plan: state.plan.text,
  parent: state.parent,
  ...(state.publication.replaced !== null && { replaces: state.publication.replaced }),
  stack: state.publication.stack,
});

/** Whether the pull request tells something else than what is known now. */
export const isOutdated = (session: Session): boolean =>
  session.state.pullRequest?.state === 'open' &&
  session.state.publication.described !== digest(JSON.stringify(bodyParts(session)));

/** Notes what the pull request tells from now on. */
export function noteDescribed({ state }: Session, parts: BodyParts): void {
  state.publication.described = digest(JSON.stringify(parts));
}

/** Brings Coppice's part of the pull request's body up to date. It is no reason to stop when that fails. */
export async function describePullRequest(session: Session): Promise<void> {
  const { state, location } = session;
  const { pullRequest } = state;
  if (!pullRequest || !isOutdated(session)) return;
  const parts = bodyParts(session);
  noteDescribed(session, parts);
  try {
    await bestEffortDescription(location).describe({
      location,
      pullRequest: pullRequest.number,
      parts,
    });
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn('the text of the pull request could not be brought up to date', { error });
  }
}
