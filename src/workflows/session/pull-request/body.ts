import { isCancellation, log } from '@temporalio/workflow';
import type { BodyParts } from '../../../domain/pull-request/body.ts';
import { digest } from '../../../domain/pull-request/managed-section.ts';
import { bestEffortDescription } from '../../activities.ts';
import type { Session } from '../session.ts';

/** The present content of Coppice's section of the pull request's body. */
export const bodyParts = ({ state }: Session): BodyParts => ({
  summary: state.report.summary,
  tests: state.report.tests,
  decisions: state.decisions,
  plan: state.plan.text,
  parent: state.parent,
  ...(state.publication.replaced !== null && { replaces: state.publication.replaced }),
  stack: state.publication.stack,
});

/** Whether the content of that section has changed since it was written. */
export const isOutdated = (session: Session): boolean =>
  session.state.pullRequest?.state === 'open' &&
  session.state.publication.described !== digest(JSON.stringify(bodyParts(session)));

/** Records the content that is written to the pull request. */
export function noteDescribed({ state }: Session, parts: BodyParts): void {
  state.publication.described = digest(JSON.stringify(parts));
}

/** Updates Coppice's section of the pull request's body, as best effort. */
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
    log.warn('the text of the pull request could not be updated', { error });
  }
}
