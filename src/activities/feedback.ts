import { createHash } from 'node:crypto';
import type { CheckFailure } from '../domain/pull-request/checks.ts';
import { questionText, replyText } from '../domain/pull-request/comment-text.ts';
import type { Base, Place } from '../domain/session/session.ts';
import type { GitHub } from '../github/port.ts';
import type { CourtesyActivities, FeedbackActivities } from './feedback-types.ts';

export interface FeedbackPorts {
  readonly github: Pick<
    GitHub,
    | 'examineCheck'
    | 'failedOn'
    | 'markReady'
    | 'react'
    | 'reply'
    | 'requestReviewers'
    | 'rerun'
    | 'resolveThread'
    | 'upsertComment'
  >;
  /** The commit a session's local branch is at. */
  branchTip(place: Place): Promise<string>;
  /** Names the change from a base to the branch's tip: the same for the same lines, whatever the commits. */
  changeId(place: Place, base: Base): Promise<string>;
}

export const createFeedbackActivities = ({
  github,
  branchTip,
  changeId,
}: FeedbackPorts): FeedbackActivities & CourtesyActivities => ({
  async examineChecks({ place, base, headSha, checks, anyway }) {
    const { repository } = place;
    if (!anyway && (await branchTip(place)) !== headSha)
      return { theirs: true, onBase: [], failures: [], key: '' };
    const broken = new Set(await github.failedOn(repository, base.branch));
    const onBase = checks.map(({ name }) => name).filter((name) => broken.has(name));
    const failures: CheckFailure[] = [];
    for (const check of checks)
      if (!broken.has(check.name))
        failures.push(await github.examineCheck(repository, check, headSha));
    const key = keyOf(failures, await changeId(place, base));
    return { theirs: false, onBase, failures, key };
  },

  async rerunChecks({ place, checks }) {
    for (const check of checks) await github.rerun(place.repository, check);
  },

  async reply({ place, pullRequest, item, text, commit }) {
    const number = item.onIssue ? place.issue : pullRequest;
    const said = await github.reply(place.repository, number, {
      item,
      marker: `reply to ${item.id}`,
      text: replyText(text, commit),
    });
    if (said && item.bot && item.thread !== null) await github.resolveThread(item.thread);
  },

  async makeReady({ place: { repository }, pullRequest, draft, reviewers }) {
    if (draft) await github.markReady(repository, pullRequest);
    if (reviewers.length > 0) await github.requestReviewers(repository, pullRequest, reviewers);
  },

  react: ({ repository, item, taken }) => github.react(repository, item, taken ? '+1' : 'confused'),

  async askOnIssue({ repository, issue, workflowId, question }) {
    const marker = `question of ${workflowId}`;
    await github.upsertComment(repository, issue, { marker, text: questionText(question) });
  },
});

/** Numbers, hashes and names of temporary files differ from one run of the same failure to the next. */
const withoutNoise = (text: string): string => text.replace(/[\w./:-]*\d[\w./:-]*/g, '#');

function keyOf(failures: readonly CheckFailure[], change: string): string {
  const said = failures.map(({ name, excerpt }) => [name, withoutNoise(excerpt)]);
  return createHash('sha256')
    .update(JSON.stringify([said, change]))
    .digest('hex')
    .slice(0, 32);
}
