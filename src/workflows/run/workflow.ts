import { CancelledFailure } from '@temporalio/common';
import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  log,
  setCurrentDetails,
} from '@temporalio/workflow';
import { planProblems } from '../../domain/run/plan.ts';
import { type RunArguments, RunInput, type RunResult } from '../../domain/run/run.ts';
import { migrateRunState, newRunState, type RunState } from '../../domain/run/state.ts';
import { runDetails, runResult } from '../../domain/run/views.ts';
import { runWorkflowId } from '../../domain/shared/identity.ts';
import { parseInput, refuseForeignState, refuseOtherId } from '../input.ts';
import { reportDependencySignal, setStackSignal } from '../messages.ts';
import { runAttributes, setAttributes } from '../search-attributes.ts';
import { isHistoryLong } from '../session/continue-as-new.ts';
import { pollFormerSessions, startSession } from './children.ts';
import { GitHubWork } from './github-work.ts';
import { registerHandlers } from './handlers.ts';
import { Run } from './run.ts';
import { signalSession } from './signal-session.ts';

/**
 * Runs a plan: starts a session when its dependencies allow it and a slot is free, notifies dependents when their
 * dependencies change, and ends when every session has ended. After a cancellation it starts no more sessions; the
 * open ones continue, and the run stays open to serve them.
 * `carried` is the state of a former execution, which continued as new.
 * @throws ApplicationFailure InvalidInput when the plan can’t be run
 */
export async function runWorkflow(input: RunArguments, carried?: RunState): Promise<RunResult> {
  const plan = parseInput(RunInput, input);
  refuseOtherId(runWorkflowId(plan.repository, plan.name));
  refuseForeignState(carried);
  refuseProblems(plan);
  setAttributes(runAttributes(plan.repository, plan.name));

  const run = new Run(plan, carried ? migrateRunState(carried) : newRunState(plan));
  registerHandlers(run);
  let cancellation: unknown;
  CancellationScope.current().cancelRequested.catch((error: unknown) => {
    cancellation = error;
    run.close('the run was cancelled');
  });
  await CancellationScope.nonCancellable(() => orchestrate(run));
  if (run.closed) throw cancellation ?? new CancelledFailure('the run was cancelled');
  return runResult(run);
}

/** @throws ApplicationFailure InvalidInput that names every problem of the plan */
function refuseProblems({ issues }: RunInput): void {
  const problems = planProblems(issues);
  if (problems.length === 0) return;
  throw ApplicationFailure.nonRetryable(
    `the plan can’t be run: ${problems.join('; ')}`,
    'InvalidInput',
  );
}

/** Acts on each change until every session has ended. */
async function orchestrate(run: Run): Promise<void> {
  const github = new GitHubWork(run);
  let polling = false;
  for (;;) {
    run.changed = false;
    if (!polling) {
      polling = true;
      void pollFormerSessions(run).then(() => {
        polling = false;
      });
    }
    try {
      await advance(run, github);
    } catch (error) {
      // A run serves all of its sessions, so it goes on at the next change.
      log.error('a run could not take all of its steps', { error });
    }
    if (run.isOver()) {
      await github.finished();
      return;
    }
    await condition(() => run.changed);
    if (isHistoryLong()) {
      await condition(allHandlersFinished);
      await github.finished();
      await continueAsNew<typeof runWorkflow>(run.input, run.state());
    }
  }
}

/** Notifies and starts sessions as the run calls for it now. */
async function advance(run: Run, github: GitHubWork): Promise<void> {
  for (const { dependent, ...news } of run.notices.takeDependencyNews())
    await signalSession(run, dependent, reportDependencySignal, news);
  for (const { issue, rows } of run.notices.takeStacks())
    await signalSession(run, issue, setStackSignal, rows);
  github.begin();
  for (const start of run.startable()) await startSession(run, start);
  setCurrentDetails(runDetails(run));
}
