import {
  type CheckTimeouts,
  failuresSettledAt,
  pendingChecks,
  requiredChecksStep,
  settledAt,
} from './check-timing.ts';
import { type Check, type Checks, failedIn, unfinishedIn } from './checks.ts';
import { exceptionsOf, waitsForReview } from './exceptions.ts';
import type { FeedbackState } from './feedback-state.ts';
import { type Yielding, yieldFor } from './other-fixer.ts';
import type { PullRequestSnapshot } from './pull-request.ts';
import { isExamined, LOOK_AGAIN, stillFails } from './repairs.ts';

/** What a pull request asks of its session. */
export type NextAction =
  /** Comments and reviews for the agent. */
  | { readonly do: 'give-feedback' }
  /** The issue has another text than the agent knows. */
  | { readonly do: 'ask-about-edit' }
  | ({ readonly do: 'examine-failures' } & FailedChecks)
  /** Failed checks that only a person can help with. */
  | { readonly do: 'ask-about-checks' }
  /** What failed on the base too passes there now: the branch moves onto it. */
  | { readonly do: 'rebase-onto-base' }
  /** Whether the checks that the base branch requires were reported. */
  | { readonly do: 'read-required-checks' }
  /** Checks that ended for reasons of the machine: they deserve another run. */
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

/** Failed checks nobody has looked at. */
export interface FailedChecks {
  readonly checks: readonly Check[];
  /** Whether they are looked at also on a commit that somebody else pushed. */
  readonly anyway: boolean;
}

interface Wait {
  readonly do: 'wait';
  readonly activity: string;
  readonly ready: boolean;
  /** Milliseconds since 1970; absent when only news ends it. */
  readonly until?: number;
  /** It changes with each check: the Web UI and queries show it, and the disk gets it with what comes next. */
  readonly unrecorded?: true;
}

/** How long things are waited for. */
export interface ReviewTimeouts extends CheckTimeouts {
  /** Now, in milliseconds since 1970. */
  readonly now: number;
  /** How long somebody else may repair a pull request, in seconds. */
  readonly limit: number;
}

/** The rule of the loop: what to do next for an open pull request. People come first, then its checks. */
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
    (check) => !feedback.rerun.includes(rerunKey(pull, check)) && !hasSiblings(check, checks),
  );
  if (notRun.length > 0) return { do: 'rerun', checks: notRun };
  const pending = pendingChecks(checks, settling, timeouts, timeouts.now);
  const failuresSettled = failuresSettledAt(settling, timeouts);
  // More may fail while others run: they make one turn.
  if (pending.waitsFor === 0 || failuresSettled <= timeouts.now) {
    const examine = unexamined(pull, feedback, timeouts);
    if (examine) return examine;
  }
  if (pending.waitsFor > 0) {
    const isToExamine = failuresSettled > timeouts.now && failedIn(checks).length > 0;
    const ends = [
      ...(isToExamine ? [failuresSettled] : []),
      ...(pending.until ? [pending.until] : []),
    ];
    return {
      ...{ do: 'wait', activity: `waits for ${pending.waitsFor} of ${checks.total} checks` },
      ...{ ready: feedback.ready && feedback.repairs.every(({ over }) => over), unrecorded: true },
      ...(ends.length > 0 && { until: Math.min(...ends) }),
    };
  }
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

/** Failed checks that the agent hears of in a turn that is taken anyway, so that it makes one turn of all there is. */
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
  // Theirs, and they had their time.
  const anyway = isTheirs(pull, examined);
  return !isKnown || anyway ? { do: 'examine-failures', checks: failed, anyway } : undefined;
}

/** Nothing is left that the session could do. */
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

/** Whether somebody else is repairing the pull request: who said so, or whose commit it is that fails. */
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

/** A check is re-run once for each head. */
export const rerunKey = (
  { headSha }: Pick<PullRequestSnapshot, 'headSha'>,
  { id }: Pick<Check, 'id'>,
): string => `${headSha} ${id}`;
