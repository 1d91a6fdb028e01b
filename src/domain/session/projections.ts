import { type PullRequestSnapshot, pullRequestState } from '../pull-request/pull-request.ts';
import { MOST, shorten } from './bounds.ts';
import { excerptOf, guidanceText } from './received-guidance.ts';
import type { SessionReport } from './reports.ts';
import type { SessionDetail, SessionRecord } from './session.ts';
import type { SessionState } from './state.ts';
import { isAtWork, statusOf } from './status.ts';
import { costUsd, countedTurns, tokensUsed, tokensWithoutPrice } from './turn-log.ts';

/** What others see of a session: its status file, its details, and what its run hears. */

export function toRecord(state: SessionState): SessionRecord {
  const { input, registration, pullRequest } = state;
  return {
    id: String(input.issue),
    issueNumber: input.issue,
    issueTitle: registration?.title ?? '',
    status: statusOf(state),
    branch: registration?.location.branch ?? '',
    worktreePath: registration?.location.worktree ?? '',
    startedAt: state.startedAt,
    lastHeartbeat: state.lastHeartbeat,
    stuckReason: state.stuck?.decision ?? null,
    forwardedMessage: forwarded(state),
    pullRequestUrl: pullRequest?.url ?? null,
    repository: input.repository,
    run: input.run ?? null,
    pullRequestState: pullRequest && pullRequestState(pullRequest),
    diff: state.diff,
    costUsd: costUsd(state),
    tokens: tokensUsed(state),
    unpriced: tokensWithoutPrice(state),
    turns: countedTurns(state),
    waitingUntil: state.waitingUntil,
    since: state.since,
    activity: state.activity,
    options: (state.stuck?.options ?? []).map((option) => ({
      ...option,
      label: shorten(option.label, MOST.option),
      consequence: shorten(option.consequence, MOST.option),
    })),
    asksFor: state.stuck?.asksFor ?? null,
    attachedSince: state.attached?.since ?? null,
  };
}

/** The guidance that the agent got in the turn under way. */
function forwarded({ turns, guidance }: SessionState): string | null {
  const turn = turns.at(-1);
  if (!turn || turn.endedAt !== null) return null;
  const text = guidanceText(guidance.filter(({ deliveredAt }) => deliveredAt === turn.startedAt));
  return text === '' ? null : shorten(text, MOST.forwarded);
}

export const toDetail = (state: SessionState): SessionDetail => ({
  record: toRecord(state),
  stuck: state.stuck,
  plan: state.plan.text,
  turns: state.turns,
  conversation: state.conversation?.id ?? null,
  guidance: state.guidance.slice(-MOST.guidance).map(({ action, receivedAt, relayed, ...one }) => ({
    text: excerptOf(one),
    ...{ action, receivedAt, relayed },
  })),
  agent: agentOf(state),
  terminal: terminalOf(state),
  base: state.base,
  remarks: state.feedback.remarks,
  ...(state.publication.cautions && { cautions: state.publication.cautions }),
  refused: state.refused,
  earlier: { turns: state.earlier.turns, counted: state.earlier.counted },
  spending: state.spending,
});

function agentOf({ input, registration }: SessionState): SessionDetail['agent'] {
  if (!registration) return null;
  const { adapter, model } = registration.settings.agent;
  return { name: input.agent ?? null, adapter, model: model ?? null };
}

const terminalOf = ({ registration, conversation, attached }: SessionState) =>
  registration && conversation && conversation.adapter !== ''
    ? {
        hostId: registration.location.hostId,
        conversationAdapter: conversation.adapter,
        attached,
      }
    : null;

export function toReport(state: SessionState): SessionReport {
  const { input, registration, pullRequest, parent, changed } = state;
  const status = statusOf(state);
  const landed = pullRequest?.merged === true && pullRequest.base === registration?.targetBranch;
  return {
    issue: input.issue,
    status,
    atWork: isAtWork(status) && state.phase !== 'review',
    branch: registration?.location.branch ?? '',
    pullRequest: pullRequest && reported(pullRequest),
    ...(parent && !landed && { parent: parent.issue }),
    ...(changed !== undefined &&
      changed.length > 0 &&
      pullRequest?.merged !== true &&
      status !== 'cancelled' && { changes: changed }),
  };
}

const reported = ({ checks: _, mergeable: __, ...pullRequest }: PullRequestSnapshot) => pullRequest;
