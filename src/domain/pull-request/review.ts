import type { Check } from './checks.ts';
import type { FeedbackState } from './feedback-state.ts';
import { type StandBack, standBackFor } from './other-fixer.ts';
import type { PullRequestSnapshot } from './pull-request.ts';

/** What a pull request asks of its session. */
export type NextAction =
  /** Comments and reviews, or an edited issue, for the agent. */
  | { readonly do: 'answer' }
  /** Failed checks nobody has looked at; with `anyway`, also those of a commit that somebody else pushed. */
  | { readonly do: 'examine'; readonly checks: readonly Check[]; readonly anyway: boolean }
  /** Checks the machine broke: they deserve another run. */
  | { readonly do: 'rerun'; readonly checks: readonly Check[] }
  /** No check was heard of yet: there may be none. */
  | { readonly do: 'expect-checks' }
  /** Nothing is left to do but a person's review. */
  | { readonly do: 'make-ready' }
  | { readonly do: 'ask-about-issue'; readonly state: 'closed' | 'gone' }
  | Wait;

interface Wait {
  readonly do: 'wait';
  readonly activity: string;
  readonly ready: boolean;
  /** Milliseconds since 1970; absent when only news ends it. */
  readonly until?: number;
}

/** Now, in milliseconds since 1970, and how long somebody else may repair a pull request, in seconds. */
export interface Patience {
  readonly now: number;
  readonly limit: number;
}

/** The rule of the loop: what to do next for an open pull request. People come first, then its checks. */
export function nextActionOf(
  pull: PullRequestSnapshot,
  feedback: FeedbackState,
  patience: Patience,
): NextAction {
  const { state = 'open' } = feedback.issue ?? {};
  if (state !== 'open' && !feedback.closedAsked) return { do: 'ask-about-issue', state };
  const back = standsBack(pull, feedback, patience);
  if (back) return { do: 'wait', ...back, ready: feedback.ready && nothingToDo(pull, feedback) };
  if (feedback.pending.length > 0 || feedback.issueEdited) return { do: 'answer' };
  const { pending, total, notPassed } = pull.checks;
  if (pending > 0) {
    const activity = `waits for ${pending} of ${total} checks`;
    return { do: 'wait', activity, ready: feedback.ready && feedback.repairs.length === 0 };
  }
  const notRun = notPassed.filter(
    ({ name, result }) =>
      result === 'infrastructureFailure' && !feedback.rerun.includes(rerunKey(pull, name)),
  );
  if (notRun.length > 0) return { do: 'rerun', checks: notRun };
  const failed = notPassed.filter(({ result }) => result === 'failed');
  if (failed.length > 0) {
    const isKnown = isExamined(pull, failed, feedback);
    // Theirs, and they had their time.
    const anyway = isKnown && feedback.examined?.theirs === true;
    if (!isKnown || anyway) return { do: 'examine', checks: failed, anyway };
  }
  if (total === 0 && feedback.unchecked !== pull.headSha) return { do: 'expect-checks' };
  const note = failed.length > 0 ? (feedback.examined?.note ?? '') : shown(notPassed);
  if (!feedback.ready) return { do: 'make-ready' };
  const waits = pull.draft ? 'a person made it a draft again; waits' : 'waits for review';
  return { do: 'wait', activity: note === '' ? waits : `${waits}; ${note}`, ready: true };
}

/** Whether somebody else is repairing the pull request: who said so, or whose commit it is that fails. */
export function standsBack(
  pull: PullRequestSnapshot,
  feedback: FeedbackState,
  patience: Patience,
): StandBack | undefined {
  const { fixer, examined } = feedback;
  const back = standBackFor(fixer, pull.headSha, patience);
  if (back || !examined?.theirs || pull.checks.pending > 0) return back;
  const failed = pull.checks.notPassed.filter(({ result }) => result === 'failed');
  const until = Date.parse(examined.at) + patience.limit * 1_000;
  const isTheirs = failed.length > 0 && isExamined(pull, failed, feedback);
  return isTheirs && until > patience.now ? { activity: examined.note, until } : undefined;
}

const nothingToDo = ({ checks }: PullRequestSnapshot, { pending }: FeedbackState): boolean =>
  pending.length === 0 && checks.notPassed.every(({ result }) => result !== 'failed');

export const hasPassed = ({ checks }: PullRequestSnapshot): boolean =>
  checks.total > 0 && checks.pending === 0 && checks.notPassed.length === 0;

/** A check is re-run once for each head. */
export const rerunKey = ({ headSha }: Pick<PullRequestSnapshot, 'headSha'>, name: string): string =>
  `${headSha} ${name}`;

export const namesOf = (checks: readonly Check[]): string[] => checks.map(({ name }) => name);

function isExamined(
  { headSha }: PullRequestSnapshot,
  failed: readonly Check[],
  { examined }: FeedbackState,
): boolean {
  return (
    examined?.headSha === headSha && namesOf(failed).every((name) => examined.names.includes(name))
  );
}

const shown = (notPassed: readonly Check[]): string =>
  notPassed.length === 0 ? '' : `to look at: ${namesOf(notPassed).join(', ').slice(0, 200)}`;
