import {
  type CheckTimeouts,
  failuresSettledAt,
  pendingChecks,
  requiredChecksStep,
  rerunBeginsBy,
  settledAt,
} from './check-timing.ts';
import { type Check, type Checks, failedIn, unfinishedIn } from './checks.ts';
import { exceptionsOf, waitsForReview } from './exceptions.ts';
import type { FeedbackState } from './feedback-state.ts';
import { type Yielding, yieldFor } from './other-fixer.ts';
import type { PullRequestSnapshot } from './pull-request.ts';
import { isExamined, LOOK_AGAIN, stillFails } from './repairs.ts';

/** What a session does next for its open pull request. */
export type NextAction =
  /** There are comments and reviews for the agent. */
  | { readonly do: 'give-feedback' }
  /** The issue's text changed since the agent read it. */
  | { readonly do: 'ask-about-edit' }
  | ({ readonly do: 'examine-failures' } & FailedChecks)
  /** Only a person can help with the failed checks. */
  | { readonly do: 'ask-about-checks' }
  /** Checks that also failed on the base pass there now, so the branch is rebased. */
  | { readonly do: 'rebase-onto-base' }
  /** Finds out whether the checks that the base branch requires were reported. */
  | { readonly do: 'read-required-checks' }
  /** Checks that failed because of their machine are run again. */
  | { readonly do: 'rerun'; readonly checks: readonly Check[] }
  /**
   * Nothing is left to do but a person's review. `exceptions` says what is not as it should be, and may be empty. With
   * `readRequired`, the session first finds out whether the checks that the base branch requires were reported.
   */
  | { readonly do: 'make-ready'; readonly exceptions: string; readonly readRequired?: true }
  /** Checks have no result although they were run again, and the pull request is ready already. */
  | { readonly do: 'tell-unfinished'; readonly exceptions: string }
  | { readonly do: 'ask-about-issue'; readonly state: 'closed' | 'gone' }
  | Wait;

/** Failed checks that were not examined yet. */
export interface FailedChecks {
  readonly checks: readonly Check[];
  /** Whether they are examined although somebody else pushed the commit. */
  readonly anyway: boolean;
}

interface Wait {
  readonly do: 'wait';
  readonly activity: string;
  readonly ready: boolean;
  /** When the wait ends, in milliseconds since 1970; absent when only a change ends it. */
  readonly until?: number;
  /** Set when the text changes with each check. It is shown in the Web UI and to queries, but not written to disk at once. */
  readonly unrecorded?: true;
}

/** How long a session waits for what. */
export interface ReviewTimeouts extends CheckTimeouts {
  /** Now, in milliseconds since 1970. */
  readonly now: number;
  /** How long somebody else may repair a pull request, in seconds. */
  readonly limit: number;
}

/** Decides what to do next for an open pull request. People come first, then the checks. */
export function nextActionOf(
  pull: PullRequestSnapshot,
  feedback: FeedbackState,
  timeouts: ReviewTimeouts,
): NextAction {
  const { state = 'open' } = feedback.issue ?? {};
  if (state !== 'open' && !feedback.closedAsked) return { do: 'ask-about-issue', state };
  const back = yieldsTo(pull, feedback, timeouts);
  if (back) return { do: 'wait', ...back, ready: feedback.ready && nothingToDo(pull, feedback) };
  if (feedback.issueEdited) return { do: 'ask-about-edit' };
  if (feedback.pending.length > 0) return { do: 'give-feedback' };
  return aboutChecks(pull, feedback, timeouts);
}

function aboutChecks(
  pull: PullRequestSnapshot,
  feedback: FeedbackState,
  timeouts: ReviewTimeouts,
): NextAction {
  const { checks } = pull;
  const { askedChecks: asked, checkTiming: settling } = feedback;
  if (asked && stillFails(pull, asked)) return { do: 'ask-about-checks' };
  const notRun = unfinishedIn(checks).filter(
    (check) => mayRerun(feedback, pull, check) && !hasSiblings(check, checks),
  );
  if (notRun.length > 0) return { do: 'rerun', checks: notRun };
  const pending = pendingChecks(checks, settling, timeouts, timeouts.now);
  const failuresSettled = failuresSettledAt(settling, timeouts);
  // More checks may fail while others run. All failures make one turn.
  if (pending.waitsFor === 0 || failuresSettled <= timeouts.now) {
    const examine = unexamined(pull, feedback, timeouts);
    if (examine) return examine;
  }
  const ready = feedback.ready && feedback.repairs.every(({ over }) => over);
  if (pending.waitsFor > 0) {
    const isToExamine = failuresSettled > timeouts.now && failedIn(checks).length > 0;
    const ends = [
      ...(isToExamine ? [failuresSettled] : []),
      ...(pending.until ? [pending.until] : []),
    ];
    return {
      ...{ do: 'wait', activity: `waits for ${pending.waitsFor} of ${checks.total} checks` },
      ...{ ready, unrecorded: true },
      ...(ends.length > 0 && { until: Math.min(...ends) }),
    };
  }
  const rerunBegins = rerunBeginsBy(settling, timeouts);
  if (rerunBegins > timeouts.now)
    return {
      ...{ do: 'wait', activity: 'waits for checks that are run again to begin' },
      ...{ ready, until: rerunBegins },
    };
  const settled = settledAt(settling, timeouts);
  if (settled > timeouts.now) {
    const wait = { do: 'wait', ready: false, until: settled } as const;
    return checks.total === 0
      ? { ...wait, activity: 'waits for its checks to begin' }
      : { ...wait, activity: 'waits for more checks to begin', unrecorded: true };
  }
  const required = requiredChecksStep(settling, timeouts, timeouts.now);
  if (required.look)
    return feedback.ready
      ? { do: 'read-required-checks' }
      : {
          do: 'make-ready',
          exceptions: exceptionsOf(pull, feedback, pending.excused),
          readRequired: true,
        };
  const { missing, until } = required;
  if (until !== undefined) {
    const activity = `waits for required checks: ${missing.join(', ')}`;
    return { do: 'wait', activity, ready: false, until };
  }
  return whenNothingIsLeft(pull, feedback, [...pending.excused, ...missing]);
}

/** Failed checks that are added to a turn for feedback, so that all of it makes one turn. */
export function unexaminedFailures(
  pull: PullRequestSnapshot,
  feedback: FeedbackState,
  timeouts: ReviewTimeouts,
): FailedChecks | undefined {
  if (feedback.askedChecks && stillFails(pull, feedback.askedChecks)) return undefined;
  const found = unexamined(pull, feedback, timeouts);
  return found?.do === 'examine-failures' ? found : undefined;
}

function unexamined(
  pull: PullRequestSnapshot,
  { examined }: FeedbackState,
  { now, settle }: ReviewTimeouts,
): NextAction | undefined {
  const failed = failedIn(pull.checks);
  if (failed.length === 0) return undefined;
  const isKnown = isExamined(pull, examined, now);
  if (isKnown && examined?.fixedOnBase) {
    const until = Date.parse(examined.at) + settle * 1_000;
    return until > now
      ? { do: 'wait', activity: examined.note, ready: false, until }
      : { do: 'rebase-onto-base' };
  }
  // Somebody else pushed the commit, and did not repair it in time.
  const anyway = isTheirs(pull, examined);
  return !isKnown || anyway ? { do: 'examine-failures', checks: failed, anyway } : undefined;
}

/** Nothing is left for the session to do. */
function whenNothingIsLeft(
  pull: PullRequestSnapshot,
  feedback: FeedbackState,
  excused: readonly string[],
): NextAction {
  const { ready, examined } = feedback;
  const isOnBase =
    failedIn(pull.checks).length > 0 && examined !== null && examined.onBase.length > 0;
  const exceptions = exceptionsOf(pull, feedback, excused);
  if (!ready) return { do: 'make-ready', exceptions };
  if (unfinishedIn(pull.checks).length > 0 && feedback.unfinishedTold !== pull.headSha)
    return { do: 'tell-unfinished', exceptions };
  return {
    ...{ do: 'wait', activity: waitsForReview(pull, exceptions), ready: true },
    ...(isOnBase && { until: Date.parse(examined.at) + LOOK_AGAIN }),
  };
}

/** Whether somebody else is repairing the pull request: because of their comment, or because the failed commit is theirs. */
export function yieldsTo(
  pull: PullRequestSnapshot,
  feedback: FeedbackState,
  timeouts: ReviewTimeouts,
): Yielding | undefined {
  const { fixer, examined } = feedback;
  const back = yieldFor(fixer, pull.headSha, timeouts);
  if (back || !examined || !isTheirs(pull, examined)) return back;
  const until = Date.parse(examined.at) + timeouts.limit * 1_000;
  return until > timeouts.now ? { activity: examined.note, until } : undefined;
}

/** Whether checks fail on a commit that somebody else pushed, also those that failed since it was found to be theirs. */
const isTheirs = (
  { headSha, checks }: PullRequestSnapshot,
  examined: FeedbackState['examined'],
): boolean =>
  examined?.pushedByOthers === true && examined.headSha === headSha && failedIn(checks).length > 0;

const nothingToDo = ({ checks }: PullRequestSnapshot, { pending }: FeedbackState): boolean =>
  pending.length === 0 && failedIn(checks).length === 0;

/** Whether another job of its workflow run goes on, or has failed and so may be why this one was cancelled. */
const hasSiblings = ({ workflowRun }: Check, checks: Checks): boolean =>
  workflowRun !== null &&
  [...checks.running, ...failedIn(checks)].some((other) => other.workflowRun === workflowRun);

/** The key of a rerun. A check is rerun once for each head, or, as a job of Actions, once for each workflow run of the head. */
export const rerunKey = (
  { headSha }: Pick<PullRequestSnapshot, 'headSha'>,
  { id, workflowRun }: Pick<Check, 'id' | 'workflowRun'>,
): string => (workflowRun === null ? `${headSha} ${id}` : `${headSha} ${id} of run ${workflowRun}`);

/** How many workflow runs of one head a job is rerun in: those for a push, for the pull request, and one more. */
const MOST_RERUN = 3;

function mayRerun({ rerun }: FeedbackState, pull: PullRequestSnapshot, check: Check): boolean {
  // States of an earlier version have the keys of jobs without the run.
  const keyless = rerunKey(pull, { ...check, workflowRun: null });
  const ofCheck = rerun.filter((key) => key === keyless || key.startsWith(`${keyless} of run `));
  return (
    !ofCheck.includes(keyless) &&
    !ofCheck.includes(rerunKey(pull, check)) &&
    ofCheck.length < MOST_RERUN
  );
}
