import { type SignalDefinition, setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import { z } from 'zod';
import { FeedbackItem, IssueSnapshot } from '../../domain/pull-request/feedback.ts';
import { ingestIssue } from '../../domain/pull-request/feedback-state.ts';
import { PullRequestSnapshot } from '../../domain/pull-request/pull-request.ts';
import { StackRow } from '../../domain/pull-request/stack-table.ts';
import { stopYielding } from '../../domain/pull-request/stop-yielding.ts';
import { MOST } from '../../domain/session/bounds.ts';
import { toDetail, toRecord } from '../../domain/session/projections.ts';
import { DependencyNotice } from '../../domain/session/reports.ts';
import {
  attachUpdate,
  detachSignal,
  detailQuery,
  guidanceSignal,
  guideUpdate,
  pauseSignal,
  pauseUpdate,
  reportDependencySignal,
  reportFeedbackSignal,
  reportIssueSignal,
  reportPullRequestSignal,
  resumeSignal,
  resumeUpdate,
  setStackSignal,
  statusQuery,
} from '../messages.ts';
import { nothing, onUpdate } from '../updates.ts';
import { attach, attachedBefore, detach, refuseAttachment } from './attachment.ts';
import { receiveFeedback } from './receive-feedback.ts';
import { noteRefused, receiveGuidance, refuseGuidance } from './receive-guidance.ts';
import { receiveDependencyNotice, receivePullRequest } from './receive-reports.ts';
import type { Session } from './session.ts';

/**
 * Registers every message that a session takes. The validator of an update refuses it before anything is
 * written to history. A signal that can't be used is recorded for the person to see.
 */
export function registerHandlers(session: Session): void {
  const { state } = session;
  const on = <T>(
    definition: SignalDefinition<[T]> & { readonly options: object },
    handle: (input: T) => void | Promise<void>,
  ): void => setHandler(definition, safely(session, definition.name, handle), definition.options);
  const onValid = <T, I>(
    definition: SignalDefinition<[I]> & { readonly options: object },
    schema: z.ZodType<T>,
    handle: (input: T) => void | Promise<void>,
  ): void =>
    on(definition, async (input) => {
      const parsed = schema.safeParse(input);
      if (parsed.success) await handle(parsed.data);
      else noteRefused(state, `signal ${definition.name}`, z.prettifyError(parsed.error));
    });

  setHandler(statusQuery, () => toRecord(state), statusQuery.options);
  setHandler(detailQuery, () => toDetail(state), detailQuery.options);

  // From a person.
  onUpdate(state.updates, guideUpdate, {
    validate: (input) => refuseGuidance(state, input),
    take: (input) => void receiveGuidance(state, input),
    repeated: nothing,
  });
  on(guidanceSignal, (input) => void receiveGuidance(state, input));
  onUpdate(state.updates, attachUpdate, {
    validate: (input) => refuseAttachment(state, input),
    take: (input) => attach(session, input),
    repeated: (input) => attachedBefore(state, input),
  });
  on(detachSignal, (input) => detach(session, input));

  // From a person, or from the run.
  const pause = () => {
    state.paused = true;
  };
  const resume = (onlyPause = false) => {
    state.paused = false;
    if (!onlyPause) stopYielding(state.feedback);
  };
  onUpdate(state.updates, pauseUpdate, { take: pause, repeated: nothing });
  setHandler(pauseSignal, pause, pauseSignal.options);
  onUpdate(state.updates, resumeUpdate, { take: () => resume(), repeated: nothing });
  const resumeAs = (input?: { readonly onlyPause?: boolean }) => resume(input?.onlyPause === true);
  setHandler(resumeSignal, resumeAs, resumeSignal.options);

  // From the watcher.
  onValid(reportPullRequestSignal, PullRequestSnapshot, (news) => receivePullRequest(state, news));
  onValid(reportFeedbackSignal, z.array(FeedbackItem), (items) => receiveFeedback(session, items));
  onValid(reportIssueSignal, IssueSnapshot, (issue) => ingestIssue(state.feedback, issue));

  // From the run.
  onValid(reportDependencySignal, DependencyNotice, (news) => receiveDependencyNotice(state, news));
  onValid(setStackSignal, z.array(StackRow).max(MOST.news), (rows) => {
    state.publication.stack = rows;
  });

  // A signal whose name no handler has would wait in the workflow for ever.
  setDefaultSignalHandler((name) =>
    noteRefused(state, `signal ${name}`, 'a session takes no signal of that name'),
  );
}

/** A fault in a handler would fail the workflow's task, which Temporal tries again for ever. */
const safely =
  <T>({ state }: Session, name: string, handle: (input: T) => void | Promise<void>) =>
  async (input: T): Promise<void> => {
    try {
      await handle(input);
    } catch (error) {
      noteRefused(state, `signal ${name}`, `a fault of Coppice: ${error}`);
    }
  };
