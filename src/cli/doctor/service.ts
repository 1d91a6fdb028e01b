import type { Board } from '../../client/types.ts';
import { sessionWorkflowId } from '../../domain/shared/identity.ts';
import type { ServiceDifferences } from '../preflight/service.ts';
import { bad, type Check, good, warn } from './check.ts';

/** Checks whether the service of this host has the same environment as this terminal. */
export function checkService({ problems, notes }: ServiceDifferences): Check {
  const [problem] = problems;
  if (problem !== undefined) return bad('service', [problem, ...notes].join('\n'), '');
  if (notes.length > 0) return warn('service', notes.join('\n'), '');
  return good('service', 'it runs, and its environment matches this terminal');
}

/** Lists open sessions and runs that do not answer, with the reason and what to do. */
export function checkWorkflows({ sessions, unresponsiveRuns }: Board): Check[] {
  const silent = [
    ...sessions.flatMap(({ record, unresponsive }) =>
      unresponsive
        ? [{ ...unresponsive, id: sessionWorkflowId(record.repository, record.issueNumber) }]
        : [],
    ),
    ...unresponsiveRuns.map((run) => ({ ...run, id: run.workflowId })),
  ];
  return silent.map(({ id, why, cause, advice }) =>
    (why === 'task-fails' ? bad : warn)(`workflow ${id}`, cause, advice),
  );
}
