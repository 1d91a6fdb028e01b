import { ApplicationFailure, log, setHandler } from '@temporalio/workflow';
import { addProblem, dropProblem, reorderProblem } from '../../domain/run/amendment.ts';
import { Plan, PlannedIssue } from '../../domain/run/plan.ts';
import { runStatus } from '../../domain/run/views.ts';
import { SessionReport } from '../../domain/session/reports.ts';
import { parseInput } from '../input.ts';
import {
  addUpdate,
  dropUpdate,
  pauseSignal,
  pauseUpdate,
  reorderUpdate,
  reportSessionSignal,
  resumeSignal,
  resumeUpdate,
  runStatusQuery,
  setConcurrencyUpdate,
} from '../messages.ts';
import type { Run } from './run.ts';
import { signalSession } from './signal-session.ts';

/** Registers every message that a run takes. An update's validator refuses before anything is written to history. */
export function registerHandlers(run: Run): void {
  setHandler(runStatusQuery, () => runStatus(run), runStatusQuery.options);
  setHandler(
    reportSessionSignal,
    (input) => {
      const report = SessionReport.safeParse(input);
      if (report.success) run.noteReport(report.data);
      else log.warn('a report of a session is not valid, and is ignored', { error: report.error });
    },
    reportSessionSignal.options,
  );
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
  setHandler(pauseUpdate, () => setPaused(run, true), pauseUpdate.options);
  setHandler(resumeUpdate, () => setPaused(run, false), resumeUpdate.options);
}

/** @throws ApplicationFailure InvalidInput when there is a problem */
function refuse(problem: string | undefined, what: string): void {
  if (problem === undefined) return;
  throw ApplicationFailure.nonRetryable(`can’t ${what} the run: ${problem}`, 'InvalidInput');
}

/** Pauses or resumes a run and its open sessions. */
async function setPaused(run: Run, paused: boolean): Promise<void> {
  run.setPaused(paused);
  for (const issue of run.openSessions())
    await signalSession(run, issue, paused ? pauseSignal : resumeSignal);
}
