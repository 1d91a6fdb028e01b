import { latest } from '../../../domain/pull-request/pull-request.ts';
import { MOST, shorten } from '../../../domain/session/bounds.ts';
import { CANCEL } from '../../../domain/session/options.ts';
import type { Next } from '../../../domain/session/state.ts';
import type { NextTurn, QuestionInput } from '../../../domain/session/turn.ts';
import { GIT_TIMEOUT, hostActivities, longHostActivities } from '../../activities.ts';
import { askOnFailure } from '../ask-on-failure.ts';
import { applyParentNotices } from '../branch/parent.ts';
import { unlessParentGone } from '../branch/parent-notices.ts';
import { pushAfterIntegrating } from '../branch/remote-commits.ts';
import { updateBranch } from '../branch/update.ts';
import { noteFailure } from '../outcomes.ts';
import {
  bodyParts,
  cautionsPart,
  describePullRequest,
  noteDescribed,
} from '../pull-request/body.ts';
import { postReplies } from '../pull-request/feedback.ts';
import type { Session } from '../session.ts';

/** Pushes the branch, and opens the pull request or updates it. */
export async function publish(session: Session): Promise<Next> {
  const { state, location, id } = session;
  if (session.hasEnded) return 'review';
  await applyParentNotices(session);
  await updateBranch(session);
  const correction = await inspect(session);
  if (correction) return correction;
  const before = state.pullRequest?.headSha;
  const status = session.beginStep('pushes its branch');
  const { opened, parts } = await pushAfterIntegrating(session, 'pushes its branch', async () => {
    for (;;) {
      // The base branch may be deleted at any moment, with the merge of the parent.
      await applyParentNotices(session);
      const parts = bodyParts(session);
      const opened = await unlessParentGone(session, session.base.branch, () =>
        hostActivities(location).publish({
          location,
          base: session.base,
          workflowId: id,
          title: session.registration.title,
          parts,
          draft: session.settings.pullRequests.draft,
          watched: session.watched ?? null,
          ...status,
        }),
      );
      if (opened) return { opened, parts };
    }
  });
  const { cautions = [], ...pullRequest } = opened;
  state.pullRequest = latest(state.pullRequest, pullRequest, true);
  session.watched = pullRequest.number;
  state.publication.cautions = cautions.map((caution) => shorten(caution, MOST.caution));
  noteDescribed(session, { ...parts, ...cautionsPart(session) });
  await describePullRequest(session);
  state.feedback.examined = null;
  // A commit that Coppice pushed is not a repair by somebody else.
  if (state.feedback.fixer) state.feedback.fixer.headSha = pullRequest.headSha;
  await postReplies(session, before);
  return 'review';
}

/**
 * Checks the commits that are about to be pushed. The agent corrects a problem once. After that, or if the
 * problem is the same again, a person is asked.
 * @returns the turn that follows then; null when the commits may be pushed
 */
async function inspect(session: Session): Promise<NextTurn | null> {
  const { state, location, policy } = session;
  const { checks, hooks } = session.settings;
  const status = session.beginStep(checks.length > 0 ? 'runs your checks' : 'looks at its commits');
  const problem = await askOnFailure(session, 'looks at its commits', () =>
    longHostActivities(location, hooks.timeout * checks.length + GIT_TIMEOUT).inspectOutgoing({
      ...{ location, base: session.base, checks },
      ...{ timeout: hooks.timeout, fileLimit: policy.fileLimit, ...status },
    }),
  );
  if (problem === '') {
    state.failures.corrected = false;
    state.failures.last = null;
    return null;
  }
  const { again, told } = noteFailure(session, problem);
  const asks = state.failures.corrected || again;
  state.failures.corrected = !asks;
  const turn: NextTurn = { kind: 'nudge', context: shorten(problem, MOST.problem) };
  const question: QuestionInput = {
    decision: `The commits can’t be pushed as they are: ${problem.split('\n')[0]}`,
    options: [
      { label: 'tell the agent what to do', effect: 'say' },
      'I have repaired it in the worktree',
      CANCEL,
    ],
    context: [problem.slice(0, 2_000), told.slice(0, 4_000)].filter(Boolean).join('\n\n'),
  };
  if (asks) await session.ask(question, turn);
  return turn;
}
