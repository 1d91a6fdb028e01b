import type { Check } from './checks.ts';
import type { FeedbackState } from './feedback-state.ts';
import type { PullRequestSnapshot } from './pull-request.ts';

/** What a pull request asks of its session. */
export type Demand =
  /** Comments and reviews, or an edited issue, for the agent. */
  | { readonly do: 'answer' }
  /** Failed checks nobody has looked at. */
  | { readonly do: 'examine'; readonly checks: readonly Check[] }
  /** Checks the machine broke: they deserve another run. */
  | { readonly do: 'rerun'; readonly checks: readonly Check[] }
  /** No check was heard of yet: there may be none. */
  | { readonly do: 'expect-checks' }
  /** Nothing is left to do but a person's review. */
  | { readonly do: 'make-ready' }
  | { readonly do: 'ask-about-issue'; readonly state: 'closed' | 'gone' }
  | { readonly do: 'wait'; readonly activity: string; readonly ready: boolean };

/** The rule of the loop: what to do next for an open pull request. People come first, then its checks. */
export function demandOf(pull: PullRequestSnapshot, feedback: FeedbackState): Demand {
  const { state = 'open' } = feedback.issue ?? {};
  if (state !== 'open' && !feedback.closedAsked) return { do: 'ask-about-issue', state };
  if (feedback.pending.length > 0 || feedback.issueEdited) return { do: 'answer' };
  const { pending, total, troubled } = pull.checks;
  if (pending > 0) {
    const activity = `waits for ${pending} of ${total} checks`;
    return { do: 'wait', activity, ready: feedback.ready && feedback.repairs.length === 0 };
  }
  const broken = troubled.filter(
    ({ name, result }) => result === 'broken' && !feedback.rerun.includes(rerunKey(pull, name)),
  );
  if (broken.length > 0) return { do: 'rerun', checks: broken };
  const failed = troubled.filter(({ result }) => result === 'failed');
  if (failed.length > 0 && !isExamined(pull, failed, feedback))
    return { do: 'examine', checks: failed };
  if (failed.length > 0 && feedback.examined?.theirs)
    return { do: 'wait', activity: feedback.examined.note, ready: feedback.ready };
  if (total === 0 && feedback.unchecked !== pull.headSha) return { do: 'expect-checks' };
  const note = failed.length > 0 ? (feedback.examined?.note ?? '') : shown(troubled);
  if (!feedback.ready) return { do: 'make-ready' };
  const waits = pull.draft ? 'a person made it a draft again; waits' : 'waits for review';
  return { do: 'wait', activity: note === '' ? waits : `${waits}; ${note}`, ready: true };
}

export const hasPassed = ({ checks }: PullRequestSnapshot): boolean =>
  checks.total > 0 && checks.pending === 0 && checks.troubled.length === 0;

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

const shown = (troubled: readonly Check[]): string =>
  troubled.length === 0 ? '' : `to look at: ${namesOf(troubled).join(', ').slice(0, 200)}`;
