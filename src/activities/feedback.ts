import { createHash } from 'node:crypto';
import type { CheckFailure } from '../domain/pull-request/checks.ts';
import { questionText, replyText } from '../domain/pull-request/comment-text.ts';
import type { Base, SessionLocation } from '../domain/session/session.ts';
import type { GitHub } from '../github/port.ts';
import type { CommentActivities, FeedbackActivities } from './feedback-types.ts';
import type { Words } from './words.ts';

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
  readonly words: Words;
  /** The commit a session's local branch is at. */
  branchTip(location: SessionLocation): Promise<string>;
  /** Names the change from a base to the branch's tip: the same for the same lines, whatever the commits. */
  changeId(location: SessionLocation, base: Base): Promise<string>;
}

export const createFeedbackActivities = ({
  github,
  words,
  branchTip,
  changeId,
}: FeedbackPorts): FeedbackActivities & CommentActivities => ({
  async examineChecks({ location, base, headSha, checks, anyway }) {
    const { repository } = location;
    if (!anyway && (await branchTip(location)) !== headSha)
      return { theirs: true, onBase: [], failures: [], key: '' };
    const failedOnBase = new Set(await github.failedOn(repository, base.branch));
    const onBase = checks.map(({ name }) => name).filter((name) => failedOnBase.has(name));
    const failures: CheckFailure[] = [];
    for (const check of checks)
      if (!failedOnBase.has(check.name))
        failures.push(await github.examineCheck(repository, check, headSha));
    const key = keyOf(failures, await changeId(location, base));
    return { theirs: false, onBase, failures, key };
  },

  async rerunChecks({ location, checks }) {
    for (const check of checks) await github.rerun(location.repository, check);
  },

  async reply({ location, pullRequest, item, text, commit }) {
    const number = item.onIssue ? location.issue : pullRequest;
    const said = await github.reply(location.repository, number, {
      item,
      marker: `reply to ${item.id}`,
      text: replyText(await words.say(text), commit),
    });
    if (said && item.bot && item.thread !== null) await github.resolveThread(item.thread);
  },

  async makeReady({ location: { repository }, pullRequest, draft, reviewers }) {
    if (draft) await github.markReady(repository, pullRequest);
    if (reviewers.length > 0) await github.requestReviewers(repository, pullRequest, reviewers);
  },

  react: ({ repository, item, taken }) => github.react(repository, item, taken ? '+1' : 'confused'),

  async askOnIssue({ repository, issue, workflowId, question }) {
    const marker = `question of ${workflowId}`;
    const text = questionText(await words.question(question));
    await github.upsertComment(repository, issue, { marker, text });
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
