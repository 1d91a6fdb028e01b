import { CancelledFailure, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  ChildWorkflowCancellationType,
  type ChildWorkflowHandle,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  log,
  ParentClosePolicy,
  type SignalDefinition,
  setCurrentDetails,
  sleep,
  startChild,
} from '@temporalio/workflow';
import { planProblems } from '../../domain/run/plan.ts';
import { type RunArguments, RunInput, type RunResult } from '../../domain/run/run.ts';
import type { Start } from '../../domain/run/schedule.ts';
import type { SessionInput } from '../../domain/session/session.ts';
import {
  runWorkflowId,
  SHARED_TASK_QUEUE,
  sessionWorkflowId,
} from '../../domain/shared/identity.ts';
import { bestEffortCleanup, longPollActivities } from '../activities.ts';
import { parseInput, refuseForeignState, refuseOtherId } from '../input.ts';
import { reportDependencySignal, setStackSignal } from '../messages.ts';
import { markRun } from '../search-attributes.ts';
import { isLong } from '../session/move-on.ts';
import { issueWorkflow } from '../session/workflow.ts';
import { deleteBranch } from './delete-branch.ts';
import { CARRIED, Run, type RunState } from './state.ts';
import { acceptAmendments } from './updates.ts';

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
  const problems = planProblems(plan.issues);
  if (problems.length > 0)
    throw ApplicationFailure.nonRetryable(
      `the plan can’t be run: ${problems.join('; ')}`,
      'InvalidInput',
    );
  markRun(plan.repository, plan.name);

  const run = new Run(plan, carried);
  acceptAmendments(run);
  let cancellation: unknown;
  CancellationScope.current().cancelRequested.catch((error: unknown) => {
    cancellation = error;
    run.close('the run was cancelled');
  });
  await CancellationScope.nonCancellable(() => orchestrate(run));
  if (run.closed) throw cancellation ?? new CancelledFailure('the run was cancelled');
  return run.result();
}

/** Background work of a run. It must finish before the run ends or continues as new. */
interface Beside {
  readonly deletions: Promise<void>[];
  /** The registrations of stacks, one after the other: a row grows. */
  registered: Promise<void>;
  /** Whether sessions that this execution did not start are watched. */
  watches: boolean;
}

async function orchestrate(run: Run): Promise<void> {
  const beside: Beside = { deletions: [], registered: Promise.resolve(), watches: false };
  const settled = () => Promise.all([...beside.deletions, beside.registered]);
  for (;;) {
    run.changed = false;
    if (!beside.watches) void noticeCarried(run, beside);
    try {
      await advance(run, beside);
    } catch (error) {
      // A run serves all of its sessions: it goes on with the next thing it hears.
      log.error('a run could not take all of its steps', { error });
    }
    if (run.isOver()) {
      await settled();
      return;
    }
    await condition(() => run.changed);
    if (isLong()) {
      await condition(allHandlersFinished);
      await settled();
      await continueAsNew<typeof runWorkflow>(run.input, run.state());
    }
  }
}

/** Tells and starts what the run's sessions call for now. */
async function advance(run: Run, beside: Beside): Promise<void> {
  const { repository } = run.input;
  for (const { dependent, ...news } of run.notices.takeDependencyNews())
    await signal(run, dependent, reportDependencySignal, news);
  for (const { issue, rows } of run.notices.takeStacks())
    await signal(run, issue, setStackSignal, rows);
  for (const left of run.notices.takeMergedBranches())
    beside.deletions.push(deleteBranch(repository, left));
  for (const chain of run.notices.takeChains())
    beside.registered = beside.registered.then(() => registerStack(run, chain));
  for (const start of run.startable()) await startSession(run, start);
  setCurrentDetails(run.describe());
}

async function startSession(run: Run, { issue, parent, cancelled }: Start): Promise<void> {
  const { repository, name, base } = run.input;
  const agent = issue.agent ?? run.input.agent;
  const input: SessionInput = {
    repository,
    issue: issue.issue,
    run: name,
    ...(parent && { parent }),
    ...(base !== undefined && { base }),
    ...(agent !== undefined && { agent }),
    ...(issue.caution !== undefined && { caution: issue.caution }),
    ...(cancelled.length > 0 && { cancelled: [...cancelled] }),
  };
  run.notices.noteStart(issue);
  run.noteStarting({
    issue: issue.issue,
    status: 'registered',
    atWork: true,
    branch: '',
    pullRequest: null,
    ...(parent && { parent: parent.issue }),
  });
  try {
    const child = await startChild(issueWorkflow, {
      args: [input],
      workflowId: sessionWorkflowId(repository, issue.issue),
      taskQueue: SHARED_TASK_QUEUE,
      // Sessions outlive their run: it may end, be cancelled, or continue as new.
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      staticSummary: `${repository}#${issue.issue}`,
    });
    run.noteStarted(issue.issue, child);
    void noticeClosed(run, issue.issue, child);
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError))
      log.error('a session could not be started', { issue: issue.issue, error });
    run.giveUp(
      issue.issue,
      error instanceof WorkflowExecutionAlreadyStartedError
        ? 'a session of this issue is open already, outside this run'
        : `its workflow could not be started: ${error}`,
    );
  }
}

/** A session reports its own end. A terminated one can’t, so this waits for the child workflow to close. */
async function noticeClosed(
  run: Run,
  issue: number,
  child: ChildWorkflowHandle<typeof issueWorkflow>,
): Promise<void> {
  try {
    await child.result();
  } catch (error) {
    log.info('a session closed without a result', { issue, error });
  }
  run.hearClosed(issue, child);
}

/** Between two tries to watch sessions. */
const AGAIN = '1 minute';

/**
 * The same for sessions that this execution did not start. After continue-as-new there is no child handle, so an
 * activity polls for their end.
 */
async function noticeCarried(run: Run, beside: Beside): Promise<void> {
  const { repository } = run.input;
  beside.watches = true;
  for (let open = run.carried(); open.length > 0; open = run.carried()) {
    const ids = new Map(open.map((issue) => [sessionWorkflowId(repository, issue), issue]));
    try {
      const closed = ids.get(
        await longPollActivities.firstClosed({ workflowIds: [...ids.keys()] }),
      );
      if (closed !== undefined) run.hearClosed(closed, CARRIED);
    } catch (error) {
      // Their dependents would wait for ever if nobody watched them any more.
      log.warn('sessions of a former execution could not be watched', { error });
      await sleep(AGAIN);
    }
  }
  beside.watches = false;
}

/** Where it fails, the tables in the pull requests tell of the stack. */
async function registerStack(run: Run, pullRequests: readonly number[]): Promise<void> {
  try {
    const { repository } = run.input;
    if (!(await bestEffortCleanup(repository).registerStack({ repository, pullRequests })))
      run.notices.noteWithoutStacks();
  } catch (error) {
    log.warn('a stack could not be registered with GitHub', { pullRequests, error });
  }
}

/** A session may end before it hears of what it is told. */
async function signal<T>(
  run: Run,
  issue: number,
  definition: SignalDefinition<[T]>,
  news: T,
): Promise<void> {
  const session = getExternalWorkflowHandle(sessionWorkflowId(run.input.repository, issue));
  try {
    await session.signal(definition, news);
  } catch (error) {
    log.info('a session ended before it was told', { issue, signal: definition.name, error });
  }
}
