import type { Board } from '../../client/types.ts';
import { sessionWorkflowId } from '../../domain/shared/identity.ts';
import type { ServiceNews } from '../preflight/service-news.ts';
import { bad, type Check, good, warn } from './check.ts';

/** Whether the service of this host has what this terminal has. */
export function checkService({ problems, notes }: ServiceNews): Check {
  const [problem] = problems;
  if (problem !== undefined) return bad('service', [problem, ...notes].join('\n'), '');
  if (notes.length > 0) return warn('service', notes.join('\n'), '');
  return good('service', 'it runs, and its environment matches this terminal');
}

/** Sessions and runs that are open and do not answer: each with why, and what to do. */
export function checkWorkflows({ sessions, unansweredRuns }: Board): Check[] {
  const silent = [
    ...sessions.flatMap(({ record, unanswered }) =>
      unanswered
        ? [{ ...unanswered, id: sessionWorkflowId(record.repository, record.issueNumber) }]
        : [],
    ),
    ...unansweredRuns.map((run) => ({ ...run, id: run.workflowId })),
  ];
  return silent.map(({ id, why, cause, advice }) =>
    (why === 'task-fails' ? bad : warn)(`workflow ${id}`, cause, advice),
  );
}
