import {
  ApplicationFailure,
  getExternalWorkflowHandle,
  log,
  setHandler,
} from '@temporalio/workflow';
import { addProblem, dropProblem, reorderProblem } from '../../domain/run/amendment.ts';
import { Plan, PlannedIssue } from '../../domain/run/plan.ts';
import { sessionWorkflowId } from '../../domain/shared/identity.ts';
import { parseInput } from '../input.ts';
import {
  addUpdate,
  dropUpdate,
  pauseSignal,
  pauseUpdate,
  reorderUpdate,
  resumeSignal,
  resumeUpdate,
  setConcurrencyUpdate,
} from '../messages.ts';
import type { Run } from './state.ts';

/** Lets a person change a run under way. A validator refuses before anything is written to history. */
export function acceptAmendments(run: Run): void {
  setHandler(addUpdate, (entry) => run.add(PlannedIssue.parse(entry)), {
    ...addUpdate.options,
    validator: (entry) => {
      const problem = run.closed
        ? 'it was cancelled'
        : addProblem(run.input.issues, parseInput(PlannedIssue, entry), run.wasCancelled);
      refuse(problem, 'add to');
    },
  });
  setHandler(dropUpdate, (issue) => run.drop(issue), {
    ...dropUpdate.options,
    validator: (issue) => refuse(dropProblem(run.input.issues, run.hasStarted, issue), 'drop from'),
  });
  setHandler(reorderUpdate, (first) => run.reorder(first), {
    ...reorderUpdate.options,
    validator: (first) =>
      refuse(reorderProblem(run.input.issues, run.hasStarted, first), 'reorder'),
  });
  setHandler(setConcurrencyUpdate, (concurrency) => run.setConcurrency(concurrency), {
    ...setConcurrencyUpdate.options,
    validator: (concurrency) => {
      parseInput(Plan.shape.concurrency, concurrency);
    },
  });
  setHandler(pauseUpdate, () => tellAll(run, run.setPaused(true), true), pauseUpdate.options);
  setHandler(resumeUpdate, () => tellAll(run, run.setPaused(false), false), resumeUpdate.options);
}

/** @throws ApplicationFailure InvalidInput when there is a problem */
function refuse(problem: string | undefined, what: string): void {
  if (problem === undefined) return;
  throw ApplicationFailure.nonRetryable(`can’t ${what} the run: ${problem}`, 'InvalidInput');
}

async function tellAll(run: Run, issues: readonly number[], pause: boolean): Promise<void> {
  for (const issue of issues) {
    const session = getExternalWorkflowHandle(sessionWorkflowId(run.input.repository, issue));
    try {
      await session.signal(pause ? pauseSignal : resumeSignal);
    } catch (error) {
      log.info('a session ended before it was told', { issue, error });
    }
  }
}
