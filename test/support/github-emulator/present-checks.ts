import {
  type Annotation,
  type EmulatedCheckRun,
  runHasEnded,
  type ShownRun,
  workflowId,
} from './checks.ts';
import { nodeId } from './node-id.ts';
import type { EmulatedRepository } from './state.ts';

/** How GitHub writes down check runs and Actions jobs. */
export function checkPresenter(
  origin: string,
  repository: (of: EmulatedRepository) => { readonly full_name: string },
) {
  const apiOf = ({ owner, name }: EmulatedRepository) => `${origin}/repos/${owner}/${name}`;
  const pageOf = ({ owner, name }: EmulatedRepository) => `${origin}/${owner}/${name}`;
  const standing = ({ conclusion, startedAt, completedAt, waits }: EmulatedCheckRun) => ({
    ...{
      status: conclusion !== null ? 'completed' : waits ? 'waiting' : 'in_progress',
      conclusion,
    },
    ...{ started_at: startedAt, completed_at: completedAt },
  });

  function checkRun(of: EmulatedRepository, check: EmulatedCheckRun) {
    const url = `${apiOf(of)}/check-runs/${check.id}`;
    const page = check.actions
      ? `${pageOf(of)}/actions/runs/${check.actions.run}/job/${check.id}`
      : `${pageOf(of)}/runs/${check.id}`;
    return {
      ...{ id: check.id, node_id: nodeId('CheckRun', check.id), name: check.name },
      ...{ head_sha: check.sha, external_id: '', url, html_url: page, details_url: page },
      ...{ ...standing(check), check_suite: { id: check.actions?.run ?? 1 } },
      ...{ app: null, pull_requests: [] },
      output: {
        ...{ title: check.title, summary: check.summary, text: null },
        annotations_count: check.annotations.length,
        annotations_url: `${url}/annotations`,
      },
    };
  }

  const annotation = ({ path, line, level, message }: Annotation) => ({
    ...{ path, start_line: line, end_line: line, start_column: null, end_column: null },
    ...{ annotation_level: level, message, title: '', raw_details: '', blob_href: '' },
  });

  function job(of: EmulatedRepository, check: EmulatedCheckRun) {
    const url = `${apiOf(of)}/actions/jobs/${check.id}`;
    const { run = 0, attempt = 1 } = check.actions ?? {};
    return {
      ...{ id: check.id, node_id: nodeId('CheckRun', check.id), name: check.name },
      ...{ run_id: run, run_attempt: attempt, run_url: `${apiOf(of)}/actions/runs/${run}` },
      ...{
        head_sha: check.sha,
        head_branch: null,
        workflow_name: check.actions?.workflow ?? 'CI',
        labels: [],
      },
      ...{ url, html_url: `${pageOf(of)}/actions/runs/${run}/job/${check.id}` },
      ...standing(check),
      // A job that never began is shown with the time at which it was made.
      ...{
        started_at: check.startedAt ?? of.createdAt,
        created_at: check.startedAt ?? of.createdAt,
      },
      check_run_url: `${apiOf(of)}/check-runs/${check.id}`,
      ...(check.steps && {
        steps: check.steps.map(({ name, conclusion, completedAt }, index) => ({
          ...{ name, conclusion, status: 'completed', number: index + 1 },
          ...{ started_at: completedAt, completed_at: completedAt },
        })),
      }),
      ...{
        runner_id: 1,
        runner_name: 'emulated',
        runner_group_id: 1,
        runner_group_name: 'Default',
      },
    };
  }

  /** A run's number is its id. */
  function workflowRun(of: EmulatedRepository, { id: run, sha, workflow, event, jobs }: ShownRun) {
    const url = `${apiOf(of)}/actions/runs/${run}`;
    const began = jobs[0]?.startedAt ?? of.createdAt;
    const hasEnded = runHasEnded(of, run);
    const status = hasEnded ? 'completed' : jobs.length > 0 ? 'in_progress' : 'queued';
    const bad = jobs.find(({ conclusion }) => !['success', 'skipped'].includes(conclusion ?? ''));
    return {
      ...{ id: run, node_id: nodeId('WorkflowRun', run), name: workflow },
      run_attempt: Math.max(1, ...jobs.map(({ actions }) => actions?.attempt ?? 1)),
      ...{ head_branch: null, head_sha: sha, run_number: run, display_title: workflow },
      ...{ event, status, conclusion: hasEnded ? (bad?.conclusion ?? 'success') : null },
      ...{ path: '.github/workflows/ci.yml', workflow_id: workflowId(of, workflow) },
      ...{ created_at: began, updated_at: jobs.at(-1)?.completedAt ?? began },
      ...{ url, html_url: `${pageOf(of)}/actions/runs/${run}`, pull_requests: [] },
      ...{ head_commit: null, repository: repository(of), head_repository: repository(of) },
      ...Object.fromEntries(
        ['jobs', 'logs', 'check_suite', 'cancel', 'rerun', 'artifacts', 'workflow'].map((name) => [
          `${name}_url`,
          `${url}/${name}`,
        ]),
      ),
    };
  }

  const logUrl = (id: number): string => `${origin}/emulated-logs/${id}`;

  return { checkRun, annotation, job, workflowRun, logUrl };
}
