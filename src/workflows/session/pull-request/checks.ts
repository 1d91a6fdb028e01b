import { isCancellation, log } from '@temporalio/workflow';
import { noteMissingRequired, noteRerun } from '../../../domain/pull-request/check-timing.ts';
import {
  type Check,
  type CheckFailure,
  failedIn,
  namesOf,
} from '../../../domain/pull-request/checks.ts';
import { feedbackText } from '../../../domain/pull-request/feedback-text.ts';
import {
  type Examined,
  isLimitReached,
  MOST_REPAIRS,
  questionAbout,
  stillFails,
  toExamineAgain,
} from '../../../domain/pull-request/repairs.ts';
import { type FailedChecks, rerunKey } from '../../../domain/pull-request/review.ts';
import { keepLatest, MOST, shorten } from '../../../domain/session/bounds.ts';
import { CANCEL } from '../../../domain/session/options.ts';
import { undoDelivery } from '../../../domain/session/received-guidance.ts';
import type { NextTurn } from '../../../domain/session/turn.ts';
import { briefReadActivities, hostActivities } from '../../activities.ts';
import { askOnFailure } from '../ask-on-failure.ts';
import { rebaseOnto } from '../branch/parent.ts';
import type { Session } from '../session.ts';

/** What a session does about the checks of its open pull request. */

/** Reruns checks that ended with an infrastructure failure, once for each commit and workflow run. */
export async function rerunChecks(session: Session, checks: readonly Check[]): Promise<void> {
  const { state, location } = session;
  if (!state.pullRequest) return;
  const { headSha } = state.pullRequest;
  await askOnFailure(session, 'runs checks again', () =>
    hostActivities(location).rerunChecks({ location, checks }),
  );
  const ofHead = state.feedback.rerun.filter((key) => key.startsWith(`${headSha} `));
  state.feedback.rerun = [...ofHead, ...checks.map((check) => rerunKey({ headSha }, check))];
  noteRerun(state.feedback, checks, new Date().toISOString());
}

/**
 * Examines failed checks.
 * @returns a turn for those that the agent must repair; null when there are none
 */
export async function examineFailures(
  session: Session,
  failed: FailedChecks,
): Promise<NextTurn | null> {
  const failures = await failuresToRepair(session, failed);
  if (failures.length === 0) return null;
  return { kind: 'feedback', context: feedbackText(failures, []) };
}

/**
 * Examines failed checks. A check that also fails on the base, or on a commit that somebody else pushed, is
 * shown and left alone. The agent repairs the others as long as attempts are left and something changes
 * between them. After that a person is asked.
 * @returns the failures for the agent; returning some counts as an attempt
 */
export async function failuresToRepair(
  session: Session,
  { checks, anyway }: FailedChecks,
): Promise<readonly CheckFailure[]> {
  const { state, location } = session;
  const { feedback, pullRequest } = state;
  if (!pullRequest) return [];
  const { headSha, baseSha = '' } = pullRequest;
  const before = feedback.examined?.headSha === headSha ? feedback.examined : null;
  const known = before?.onBase ?? [];
  if (known.length === 0)
    session.setActivity(`looks at failed checks: ${namesOf(checks).join(', ')}`);
  const found = await askOnFailure(session, 'looks at failed checks', () =>
    hostActivities(location).examineChecks({
      ...{ location, base: session.base, headSha, checks, known },
      // What is looked at a second time is no longer left to who pushed it.
      anyway: anyway || before !== null,
    }),
  );
  const done = (note: string, more: Partial<Examined> = {}): Examined => ({
    ...{ headSha, baseSha, runAttempts: checks.map(({ runAttempt: attempt }) => attempt), note },
    ...{
      pushedByOthers: found.theirs,
      onBase: found.onBase.map(({ id }) => id),
      fixedOnBase: false,
    },
    at: new Date().toISOString(),
    ...more,
  });
  if (found.theirs) {
    feedback.examined = done('waits: somebody else pushed to its branch, and checks fail');
    return [];
  }
  const { branch } = session.base;
  const own = checks.filter(({ id }) => found.onBase.every((other) => other.id !== id));
  if (own.length === 0) {
    feedback.examined = done(`fails on ${branch} too: ${namesOf(found.onBase).join(', ')}`);
    return [];
  }
  const isStale = ({ id, runAttempt: attempt }: Check) =>
    found.mended.includes(id) && before?.runAttempts.includes(attempt) === true;
  if (own.every(isStale)) {
    const names = namesOf(own).join(', ');
    feedback.examined = done(`passes on ${branch} again: ${names}`, { fixedOnBase: true });
    return [];
  }
  feedback.examined = done('');
  const isSame = feedback.repairs.some(({ key }) => key === found.key);
  const limit = session.policy.turnLimits.ci;
  const [failures, ids] = [namesOf(own), own.map(({ id }) => id)];
  if (isSame || isLimitReached(feedback.repairs, own, limit)) {
    const { repairs } = feedback;
    const context = feedbackText(found.failures, []);
    feedback.askedChecks = {
      ...{ headSha, runAttempts: own.map(({ runAttempt: attempt }) => attempt) },
      ...questionAbout(own, { repairs, context, isSame, limit }),
      turnContext: shorten(context, MOST.problem),
    };
    feedback.repairs = [{ headSha, key: found.key, failures, ids, over: false }];
    return [];
  }
  feedback.repairs.push({ headSha, key: found.key, failures, ids, over: false });
  keepLatest(feedback.repairs, MOST_REPAIRS);
  return found.failures;
}

/**
 * Asks a person about failed checks while they fail. Rerunning them, or pushing a repair, settles the
 * question.
 * @returns the turn for the answer; null when there is none
 */
export async function askAboutChecks(session: Session): Promise<NextTurn | null> {
  const { state } = session;
  const { askedChecks: asked } = state.feedback;
  if (!asked) return null;
  const failsNow = () => state.pullRequest !== null && stillFails(state.pullRequest, asked);
  const answers = await session.askOperator(
    {
      decision: asked.decision,
      options: [
        { label: 'tell the agent what to do', effect: 'say' },
        { label: 'push a fix yourself', effect: 'wait' },
        CANCEL,
      ],
      context: asked.context,
    },
    () => !failsNow() || state.feedback.pending.length > 0,
  );
  if (answers.length === 0) {
    // If they still fail, there is a new comment on the pull request, which comes first.
    if (failsNow()) return null;
    state.feedback.askedChecks = null;
    await session.notifySettled(asked.decision, whySettled(session));
    return null;
  }
  state.feedback.askedChecks = null;
  // The answers go to the agent.
  undoDelivery(answers);
  return { kind: 'feedback', context: asked.turnContext };
}

function whySettled({ pullRequest: { checks } }: Session): string {
  const failed = failedIn(checks);
  return failed.length === 0
    ? 'the checks have changed since'
    : `now ${namesOf(failed).join(', ')} fails`;
}

/**
 * Checks whether the checks that the base branch requires were reported. If GitHub does not answer, none are
 * missing.
 */
export async function readRequiredChecks(session: Session): Promise<void> {
  const { state, location } = session;
  if (!state.pullRequest) return;
  const { headSha, base } = state.pullRequest;
  let missing: readonly string[] = [];
  try {
    missing = await briefReadActivities(location).missingChecks({ location, base, headSha });
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.info('the required checks could not be read', { error });
  }
  noteMissingRequired(state.feedback, { headSha, missing, at: new Date().toISOString() });
}

/**
 * Rebases the branch onto its base, on which a check that failed on both passes again. If the branch has that base
 * already, the failure is its own.
 */
export async function rebaseOntoBase(session: Session): Promise<void> {
  const { state, base } = session;
  const { feedback } = state;
  if (feedback.examined) feedback.examined.fixedOnBase = false;
  const reason = `moves onto ${base.branch}, where its failed checks pass again`;
  const isBased = await rebaseOnto(session, base.branch, reason, () => false);
  const hasMoved = session.base.tip !== base.tip;
  if (isBased && !hasMoved && feedback.examined)
    feedback.examined = toExamineAgain(feedback.examined);
}
