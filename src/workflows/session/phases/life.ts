import { aboutFeedback } from '../../../domain/pull-request/feedback-words.ts';
import { latest } from '../../../domain/pull-request/pull-request.ts';
import { MOST, shorten } from '../../../domain/session/bounds.ts';
import { isPostponed } from '../../../domain/session/postponed.ts';
import type { Phase } from '../../../domain/session/state.ts';
import { attemptsOf } from '../../../domain/session/turn-log.ts';
import { GIT_LIMIT, hostActivities, longHostActivities } from '../../activities.ts';
import { askOnFailure } from '../ask-on-failure.ts';
import { needing } from '../branch/below.ts';
import { askAboutCancelled, follow } from '../branch/parent.ts';
import { integrateIfPushed, onTopOfRemoteCommits } from '../branch/remote-commits.ts';
import { updateBranch } from '../branch/update.ts';
import { findHost } from '../find-host.ts';
import { keepWatch } from '../keep-watch.ts';
import { moveOnIfLong } from '../move-on.ts';
import { noteAnswers, noteFailure, withTail } from '../outcomes.ts';
import { bodyParts, describePullRequest } from '../pull-request/body.ts';
import { reply } from '../pull-request/feedback.ts';
import type { Session } from '../session.ts';
import { summarise, takeTurn } from '../turn.ts';
import { waitOut } from '../wait-out.ts';
import { setUp } from './setup.ts';
import { makeWorktree } from './worktree.ts';

/** The phases of a session's life. Each returns the one that follows. */

export async function register(session: Session): Promise<Phase> {
  const { state } = session;
  const { cancelled = [], caution } = state.input;
  await session.publishStatus();
  state.registration ??= await askOnFailure(session, 'registers', () => findHost(session));
  if (!state.registration) return 'register';
  await keepWatch(session);
  if (state.registration.conversation !== null && !state.hasConversation) {
    state.conversation = state.registration.conversation;
    state.hasConversation = true;
    state.conversationAdapter = state.registration.conversationAdapter;
  }
  if (cancelled.length > 0 && !state.startsWithout) {
    await askAboutCancelled(session, cancelled);
    state.startsWithout = true;
  }
  await session.setStatus('registered', 'makes its worktree');
  if (!state.base) await makeWorktree(session);
  await follow(session);
  await setUp(session);
  const { policy } = session;
  const plans = policy.planning === 'always' || (policy.planning === 'caution' && caution);
  return plans || caution !== undefined ? 'plan' : implementNext(session);
}

/** One turn that explores and writes a plan; after a caution, as many as it takes until a person approves. */
export async function plan(session: Session): Promise<Phase> {
  const { state } = session;
  for (;;) {
    moveOnIfLong();
    if (state.planned) {
      state.planned = false;
      if (takeApproval(session)) return implementNext(session);
    }
    state.next.kind = 'plan';
    const outcome = await takeTurn(session);
    if (isPostponed(outcome)) {
      await waitOut(session, outcome);
      continue;
    }
    if (outcome.kind === 'interrupted') continue;
    if (outcome.kind === 'stuck') {
      await session.askForAgent(outcome);
      continue;
    }
    // A plan that could not be written is no reason to stop: the work itself will show.
    state.planText = outcome.kind === 'done' ? outcome.summary : '';
    if (state.input.caution === undefined) return implementNext(session);
    state.planned = true;
    await session.ask({
      decision: `Approve the plan? ${state.input.caution}`,
      options: ['approve it', 'say what to change'],
      context: state.planText === '' ? summarise(outcome) : state.planText,
      asksFor: 'approval',
    });
  }
}

/** Whether a person approved; words that came with it are the agent's. */
function takeApproval({ state }: Session): boolean {
  const all = state.pendingGuidance.splice(0);
  for (const guidance of all) {
    const isBare = guidance.action === 'approve' && guidance.text + guidance.allow.join() === '';
    if (!isBare) state.pendingGuidance.push({ ...guidance, action: 'answer' });
  }
  return all.some(({ action }) => action === 'approve');
}

function implementNext({ state }: Session): Phase {
  state.next = { kind: 'implement', words: '' };
  return 'work';
}

/** Turns until the agent is done and git agrees. */
export async function work(session: Session): Promise<Phase> {
  const { state } = session;
  for (;;) {
    if (session.hasEnded) return 'review';
    moveOnIfLong();
    await follow(session);
    await integrateIfPushed(session);
    await describePullRequest(session);
    await withinTurns(session);
    const outcome = await takeTurn(session);
    if (session.hasEnded) return 'review';
    const { nudged } = state;
    if (!isPostponed(outcome) && outcome.kind !== 'interrupted') state.nudged = false;
    switch (outcome.kind) {
      case 'done':
        if (!state.pullRequest) {
          state.summary = outcome.summary;
          state.tests = outcome.tests ?? '';
        }
        noteAnswers(state, outcome);
        state.next = { kind: 'guidance', words: '' };
        return 'publish';
      case 'usage-limited':
      case 'unavailable':
      case 'over-budget':
        await waitOut(session, outcome);
        continue;
      case 'interrupted':
        // What the turn was for is told again, beside the guidance.
        continue;
      case 'stuck':
        state.lastFailure = null;
        state.next = { kind: 'guidance', words: '' };
        await session.askForAgent(aboutFeedback(outcome, state.feedback.answering));
        break;
      case 'invalid': {
        const { again, told } = noteFailure(session, outcome.problem);
        if (!nudged && !again) {
          state.nudged = true;
          state.next = { kind: 'nudge', words: shorten(outcome.problem, MOST.problem) };
          continue;
        }
        state.next = { kind: 'guidance', words: '' };
        await session.ask({
          decision: `The agent ended its turn twice without a usable outcome: ${outcome.problem}`,
          options: ['tell it what to do', 'cancel it'],
          context: withTail(told, outcome.tail),
        });
        break;
      }
      case 'failed':
        state.next = { kind: 'guidance', words: '' };
        await session.ask({
          decision: `The agent failed: ${outcome.reason}`,
          options: ['repair the cause and guide the session to try again', 'cancel it'],
          context: withTail(noteFailure(session, outcome.reason).told, outcome.tail),
        });
        break;
    }
  }
}

/** Asks after every so many turns whether to go on. */
async function withinTurns(session: Session): Promise<void> {
  const { state, policy } = session;
  const taken = attemptsOf(state);
  if (taken < state.turnsAsked + policy.turns) return;
  state.turnsAsked = taken;
  await session.ask({
    decision: `Continue? ${taken} turns have been taken`,
    options: ['guide it to continue', 'cancel it'],
    context: state.turns.at(-1)?.summary ?? '',
  });
}

/** Pushes, and opens the pull request or brings it up to date. */
export async function publish(session: Session): Promise<Phase> {
  const { state, location, id } = session;
  if (session.hasEnded) return 'review';
  await follow(session);
  await updateBranch(session);
  if (!(await mayPush(session))) return 'work';
  const before = state.pullRequest?.headSha;
  await session.setStatus('working', 'pushes its branch');
  const published = await onTopOfRemoteCommits(session, 'pushes its branch', async () => {
    for (;;) {
      // Its base branch may have gone with the merge of the session below, in the middle of all this.
      await follow(session);
      const opened = await needing(session, session.base.branch, () =>
        hostActivities(location).publish({
          location,
          base: session.base,
          workflowId: id,
          title: session.registration.title,
          parts: bodyParts(session),
          draft: session.settings.pullRequests.draft,
        }),
      );
      if (opened) return opened;
    }
  });
  state.pullRequest = latest(state.pullRequest, published, true);
  await describePullRequest(session);
  await keepWatch(session);
  state.feedback.examined = null;
  // What Coppice pushed itself is nobody else's repair.
  if (state.feedback.fixer) state.feedback.fixer.headSha = published.headSha;
  await reply(session, before);
  return 'review';
}

/**
 * Looks at what is about to be pushed. What is wrong with it is the agent's to mend, once; after that, or when it is the
 * same again, a person is asked. Either way another turn comes.
 */
async function mayPush(session: Session): Promise<boolean> {
  const { state, location, policy } = session;
  const { checks, hooks } = session.settings;
  await session.setStatus(
    'working',
    checks.length > 0 ? 'runs your checks' : 'looks at its commits',
  );
  const problem = await askOnFailure(session, 'looks at its commits', () =>
    longHostActivities(location, hooks.timeout * checks.length + GIT_LIMIT).inspectOutgoing({
      ...{ location, base: session.base, checks },
      ...{ timeout: hooks.timeout, fileLimit: policy.fileLimit },
    }),
  );
  if (problem === '') {
    state.corrected = false;
    state.lastFailure = null;
    return true;
  }
  const { again, told } = noteFailure(session, problem);
  const asks = state.corrected || again;
  state.corrected = !asks;
  state.next = { kind: 'nudge', words: shorten(problem, MOST.problem) };
  state.phase = 'work';
  if (asks)
    await session.ask({
      decision: `The commits can’t be pushed as they are: ${problem.split('\n')[0]}`,
      options: ['tell the agent what to do', 'repair it in the worktree and say so', 'cancel it'],
      context: [problem.slice(0, 2_000), told.slice(0, 4_000)].filter(Boolean).join('\n\n'),
    });
  return false;
}
