import { isCancellation, log } from '@temporalio/workflow';
import {
  type Check,
  type CheckFailure,
  failedIn,
  namesOf,
} from '../../../domain/pull-request/checks.ts';
import { feedbackWords } from '../../../domain/pull-request/feedback-words.ts';
import {
  type Examined,
  isSpent,
  MOST_REPAIRS,
  questionAbout,
  stillFails,
} from '../../../domain/pull-request/repairs.ts';
import { type FailedChecks, rerunKey } from '../../../domain/pull-request/review.ts';
import { noteMissing } from '../../../domain/pull-request/settling.ts';
import { keepLatest, MOST, shorten } from '../../../domain/session/bounds.ts';
import { CANCEL } from '../../../domain/session/options.ts';
import { takeBack } from '../../../domain/session/received-guidance.ts';
import { glance, hostActivities } from '../../activities.ts';
import { askOnFailure } from '../ask-on-failure.ts';
import { moveOnto } from '../branch/parent.ts';
import type { Session } from '../session.ts';

/** What a session does for the checks of its open pull request. */

/** Runs checks again that the machine broke, once for each commit. */
export async function rerun(session: Session, checks: readonly Check[]): Promise<void> {
  const { state, location } = session;
  if (!state.pullRequest) return;
  const { headSha } = state.pullRequest;
  const ofHead = state.feedback.rerun.filter((key) => key.startsWith(`${headSha} `));
  state.feedback.rerun = [...ofHead, ...checks.map((check) => rerunKey({ headSha }, check))];
  await askOnFailure(session, 'runs checks again', () =>
    hostActivities(location).rerunChecks({ location, checks }),
  );
}

/**
 * Looks at failed checks, and sets up a turn on those that are the agent's to repair.
 * @returns whether a turn is set up
 */
export async function examine(session: Session, failed: FailedChecks): Promise<boolean> {
  const failures = await failuresToRepair(session, failed);
  if (failures.length === 0) return false;
  session.state.next = { kind: 'feedback', words: feedbackWords(failures, []) };
  return true;
}

/**
 * Looks at failed checks. What fails on the base too, or on a commit someone else pushed, is shown and left alone; the rest
 * is the agent's to repair, as long as the attempts last and something changes between them. Then a person is asked.
 * @returns what the agent is to be told of; it counts as an attempt
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
    session.setStatus('working', `looks at failed checks: ${namesOf(checks).join(', ')}`);
  const found = await askOnFailure(session, 'looks at failed checks', () =>
    hostActivities(location).examineChecks({
      ...{ location, base: session.base, headSha, checks, known, anyway },
    }),
  );
  const done = (note: string, more: Partial<Examined> = {}): Examined => ({
    ...{ headSha, baseSha, attempts: checks.map(({ attempt }) => attempt), note },
    ...{ theirs: found.theirs, onBase: found.onBase.map(({ id }) => id), mended: false },
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
  const isStale = ({ id, attempt }: Check) =>
    found.mended.includes(id) && before?.attempts.includes(attempt) === true;
  if (own.every(isStale)) {
    const names = namesOf(own).join(', ');
    feedback.examined = done(`passes on ${branch} again: ${names}`, { mended: true });
    return [];
  }
  feedback.examined = done('');
  const isSame = feedback.repairs.some(({ key }) => key === found.key);
  const limit = session.policy.attempts.ci;
  const [failures, ids] = [namesOf(own), own.map(({ id }) => id)];
  if (isSame || isSpent(feedback.repairs, own, limit)) {
    const { repairs } = feedback;
    const words = feedbackWords(found.failures, []);
    feedback.asked = {
      ...{ headSha, attempts: own.map(({ attempt }) => attempt) },
      ...questionAbout(own, { repairs, words, isSame, limit }),
      words: shorten(words, MOST.problem),
    };
    feedback.repairs = [{ headSha, key: found.key, failures, ids, over: false }];
    return [];
  }
  feedback.repairs.push({ headSha, key: found.key, failures, ids, over: false });
  keepLatest(feedback.repairs, MOST_REPAIRS);
  return found.failures;
}

/**
 * Asks a person about failed checks, as long as they fail. A person who runs them again, or pushes what mends them, has
 * answered.
 * @returns whether a turn is set up
 */
export async function askAboutChecks(session: Session): Promise<boolean> {
  const { state } = session;
  const { asked } = state.feedback;
  if (!asked) return false;
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
    // Or somebody said something on the pull request, which comes first.
    if (failsNow()) return false;
    state.feedback.asked = null;
    await session.tellSettled(asked.decision, whySettled(session));
    return false;
  }
  state.feedback.asked = null;
  // The agent is to have them.
  takeBack(answers);
  state.next = { kind: 'feedback', words: asked.words };
  return true;
}

function whySettled({ pullRequest: { checks } }: Session): string {
  const failed = failedIn(checks);
  return failed.length === 0
    ? 'the checks have changed since'
    : `now ${namesOf(failed).join(', ')} fails`;
}

/** Looks whether the checks that the base branch requires were reported. Where GitHub does not tell, none are required. */
export async function lookForRequired(session: Session): Promise<void> {
  const { state, location } = session;
  if (!state.pullRequest) return;
  const { headSha, base } = state.pullRequest;
  let missing: readonly string[] = [];
  try {
    missing = await glance(location).missingChecks({ location, base, headSha });
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.info('the required checks could not be read', { error });
  }
  noteMissing(state.feedback, { headSha, missing, at: new Date().toISOString() });
}

/** Moves the branch onto its base, where what failed on both passes again. */
export async function moveOntoBase(session: Session): Promise<void> {
  const { state, base } = session;
  if (state.feedback.examined) state.feedback.examined.mended = false;
  const reason = `moves onto ${base.branch}, where its failed checks pass again`;
  await moveOnto(session, base.branch, reason, () => false);
}
