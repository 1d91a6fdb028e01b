import { createHash } from 'node:crypto';
import { isReportOf } from '../domain/pull-request/branch-rules.ts';
import type { Check, CheckFailure } from '../domain/pull-request/checks.ts';
import { questionText, replyText } from '../domain/pull-request/comment-text.ts';
import { type FeedbackItem, versionOf } from '../domain/pull-request/feedback.ts';
import { shortenedToFit } from '../domain/pull-request/feedback-state.ts';
import { pointOf } from '../domain/pull-request/point.ts';
import { isCommitted, suggestionIn } from '../domain/pull-request/suggestion.ts';
import type { Base, SessionLocation } from '../domain/session/session.ts';
import { CoppiceError } from '../domain/shared/failure.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import type { GitHub } from '../github/port.ts';
import { replyMarker } from '../github/pull-requests/marker.ts';
import type { CommentActivities, FeedbackActivities } from './feedback-types.ts';
import type { SafeText } from './safe-text.ts';

export interface FeedbackPorts {
  readonly github: Pick<
    GitHub,
    | 'checksOn'
    | 'examineCheck'
    | 'isUpdateOf'
    | 'markReady'
    | 'react'
    | 'readFeedback'
    | 'reply'
    | 'requestReviewers'
    | 'requiredChecks'
    | 'rerun'
    | 'textOf'
    | 'upsertComment'
  >;
  readonly words: SafeText;
  /** The tip of a session's local branch. */
  branchTip(location: SessionLocation): Promise<string>;
  /**
   * An id of the changes from a base to the branch's tip. It is the same for the same changed lines, whatever
   * the commits are.
   */
  patchId(location: SessionLocation, base: Base): Promise<string>;
}

export const createFeedbackActivities = ({
  github,
  words,
  branchTip,
  patchId,
}: FeedbackPorts): FeedbackActivities & CommentActivities => {
  /**
   * Whether somebody else pushed the commit. An update by GitHub's button “Update branch” does not count,
   * because it repairs nothing.
   */
  async function isTheirs(
    location: SessionLocation,
    headSha: string,
    { branch }: Base,
  ): Promise<boolean> {
    const tip = await branchTip(location);
    return tip !== headSha && !(await github.isUpdateOf(location.repository, headSha, tip, branch));
  }

  async function wasCommitted(location: SessionLocation, item: FeedbackItem): Promise<boolean> {
    if (!item.outdated || item.path === null || suggestionIn(item.text) === undefined) return false;
    return isCommitted(item, await github.textOf(location.repository, location.branch, item.path));
  }

  /** The latest results that checks had on the base branch before the commit on which they are pending. */
  async function resultsBefore(
    repository: RepositoryName,
    branch: string,
    checks: readonly Check[],
    there: CheckResults,
  ): Promise<CheckResults> {
    const found = new Map<string, Check['result']>();
    const open = () => checks.filter(({ id }) => isOpen(there, id) && !found.has(id));
    for (let back = 1; back <= MOST_BEFORE && open().length > 0; back++) {
      const results = resultsOf(await github.checksOn(repository, `${branch}~${back}`));
      for (const { id } of open()) {
        const result = results.get(id);
        if (result !== undefined && result !== 'pending') found.set(id, result);
      }
    }
    return found;
  }

  async function missingOf(
    { repository }: SessionLocation,
    base: string,
    headSha: string,
  ): Promise<readonly string[]> {
    const required = await github.requiredChecks(repository, base);
    if (required.length === 0) return [];
    const reported = await github.checksOn(repository, headSha);
    const missing = required.filter((one) => !reported.some((check) => isReportOf(check, one)));
    return [...new Set(missing.map(({ name }) => name))].slice(0, MOST_MISSING);
  }

  return {
    async examineChecks({ location, base, headSha, checks, known, anyway }) {
      const { repository } = location;
      if (!anyway && (await isTheirs(location, headSha, base)))
        return { theirs: true, onBase: [], mended: [], failures: [], key: '' };
      const there = resultsOf(await github.checksOn(repository, base.branch));
      const before = await resultsBefore(repository, base.branch, checks, there);
      // While a check is pending on the base branch, its earlier result counts.
      const failsThere = ({ id }: Check) =>
        there.get(id) === 'failed' ||
        (isOpen(there, id) && (known.includes(id) || before.get(id) === 'failed'));
      const failures: CheckFailure[] = [];
      for (const check of checks)
        if (!failsThere(check))
          failures.push(await github.examineCheck(repository, check, headSha));
      const key = keyOf(failures, await patchId(location, base));
      return {
        ...{ theirs: false, onBase: checks.filter(failsThere), failures, key },
        mended: known.filter((id) => there.get(id) === 'passed'),
      };
    },

    missingChecks: ({ location, base, headSha }) => missingOf(location, base, headSha),

    rerunChecks: ({ location, checks }) => github.rerun(location.repository, checks),

    async rereadFeedback({ location, pullRequest, items }) {
      const { repository, issue } = location;
      const now = await github.readFeedback(repository, { issue, pullRequest });
      const there = new Map(now.map((item) => [item.id, item]));
      for (const { id } of items) {
        const item = there.get(id);
        if (item && (await wasCommitted(location, item))) there.delete(id);
      }
      const edited = items.flatMap(({ id, version }) => {
        const item = there.get(id);
        const point = item && pointOf(item);
        return point && versionOf(point) !== version ? [point] : [];
      });
      return {
        gone: items.map(({ id }) => id).filter((id) => !there.has(id)),
        edited: keptSmall(edited),
      };
    },

    isUpdate: ({ location, headSha, before, base }) =>
      github.isUpdateOf(location.repository, headSha, before, base),

    async reply({ location, pullRequest, item, others = [], text, commit }) {
      const number = item.onIssue ? location.issue : pullRequest;
      await github.reply(location.repository, number, {
        item,
        marker: replyMarker(item),
        others: others.map(replyMarker),
        text: replyText(await words.of(text), commit, item),
        resolve: item.bot,
      });
    },

    async makeReady({ location, pullRequest, draft, reviewers, required }) {
      const { repository } = location;
      const missing = required
        ? await noneIfRefused(missingOf(location, required.base, required.headSha))
        : [];
      if (missing.length > 0) return { missing };
      if (draft) await github.markReady(repository, pullRequest);
      if (reviewers.length > 0) await github.requestReviewers(repository, pullRequest, reviewers);
      return { missing };
    },

    async react({ repository, number, item, taken, help }) {
      await github.react(repository, item, taken ? '+1' : 'confused');
      if (help !== undefined)
        await github.reply(repository, number, { item, marker: `help for ${item.id}`, text: help });
    },

    async askOnIssue({ repository, issue, workflowId, question }) {
      const marker = `question of ${workflowId}`;
      const { settled } = question;
      const text = questionText({
        ...(await words.question(question)),
        ...(settled !== undefined && { settled: await words.of(settled) }),
      });
      await github.upsertComment(repository, issue, { marker, text });
    },
  };
};

type CheckResults = ReadonlyMap<string, Check['result']>;

/** How many commits of the base branch are looked at before its last one. */
const MOST_BEFORE = 3;

/** Whether a check has no result on a commit yet: it is pending, or none of the commit's checks has begun. */
const isOpen = (results: CheckResults, id: string): boolean =>
  results.size === 0 || results.get(id) === 'pending';

/** The results of checks by their ids. One that ran for two events has failed when either did. */
function resultsOf(checks: readonly Check[]): CheckResults {
  const results = new Map<string, Check['result']>();
  for (const { id, result } of checks)
    if (result === 'failed' || results.get(id) !== 'failed') results.set(id, result);
  return results;
}

/** How many missing checks are named at most. */
const MOST_MISSING = 20;

/** Treats required checks that the token may not read as none. */
const noneIfRefused = (missing: Promise<readonly string[]>): Promise<readonly string[]> =>
  missing.catch((error: unknown) => {
    if (error instanceof CoppiceError) return [];
    throw error;
  });

/** Shortens texts so that all items fit into the result of an activity. */
function keptSmall(items: readonly FeedbackItem[]): FeedbackItem[] {
  const kept: FeedbackItem[] = [];
  for (const item of items) kept.push(shortenedToFit(kept, item));
  return kept;
}

/**
 * Replaces words with digits, because numbers, hashes and names of temporary files differ in each run of the
 * same failure.
 */
const withoutNoise = (text: string): string =>
  text.replace(/[\w./:-]+/g, (word) => (/\d/.test(word) ? '#' : word));

function keyOf(failures: readonly CheckFailure[], change: string): string {
  const said = failures.map(({ name, excerpt }) => [name, withoutNoise(excerpt)]);
  return createHash('sha256')
    .update(JSON.stringify([said, change]))
    .digest('hex')
    .slice(0, 32);
}
