import { isCancellation, log } from '@temporalio/workflow';
import type { BodyParts } from '../../../domain/pull-request/body.ts';
import { digest } from '../../../domain/pull-request/managed-section.ts';
import { bestEffortDescription } from '../../activities.ts';
import type { Session } from '../session.ts';

/** What the commits that were pushed last make a person look at; nothing for most. */
export const cautionsPart = ({ state }: Session): Pick<BodyParts, 'cautions'> => {
  const { cautions = [] } = state.publication;
  return cautions.length > 0 ? { cautions } : {};
};

/** The present content of Coppice's section of the pull request's body. */
export const bodyParts = (session: Session): BodyParts => ({
  summary: session.state.report.summary,
  tests: session.state.report.tests,
  decisions: session.state.decisions,
  plan: session.state.plan.text,
  parent: session.state.parent,
  ...(session.state.publication.replaced !== null && {
    replaces: session.state.publication.replaced,
  }),
  stack: session.state.publication.stack,
  // They come last, as in the parts to which they are added after a push, because digests of the parts are compared.
  ...cautionsPart(session),
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
