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
import { nothing, onUpdate } from '../updates.ts';
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
  onUpdate(run.updates, addUpdate, {
    validate: (entry) => {
      const problem = run.closed
        ? 'it was cancelled'
        : addProblem(run.input.issues, parseInput(PlannedIssue, entry), run.wasCancelled);
      refuse(problem, 'add to');
    },
    take: (entry) => run.add(PlannedIssue.parse(entry)),
    repeated: nothing,
  });
  onUpdate(run.updates, dropUpdate, {
    validate: (issue) => refuse(dropProblem(run.input.issues, run.hasStarted, issue), 'drop from'),
    take: (issue) => run.drop(issue),
    repeated: nothing,
  });
  onUpdate(run.updates, reorderUpdate, {
    validate: (first) => refuse(reorderProblem(run.input.issues, run.hasStarted, first), 'reorder'),
    take: (first) => run.reorder(first),
    repeated: nothing,
  });
  onUpdate(run.updates, setConcurrencyUpdate, {
    validate: (concurrency) => {
      parseInput(Plan.shape.concurrency, concurrency);
    },
    take: (concurrency) => run.setConcurrency(concurrency),
    repeated: nothing,
  });
  onUpdate(run.updates, pauseUpdate, { take: () => setPaused(run, true), repeated: nothing });
  onUpdate(run.updates, resumeUpdate, { take: () => setPaused(run, false), repeated: nothing });
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
    if (paused) await signalSession(run, issue, pauseSignal);
    // Who repairs a pull request of the run keeps the time for that.
    else await signalSession(run, issue, resumeSignal, { onlyPause: true });
}
