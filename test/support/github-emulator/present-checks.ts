import { type Annotation, type EmulatedCheckRun, workflowId } from './checks.ts';
import { nodeId } from './node-id.ts';
import type { EmulatedRepository } from './state.ts';

/** How GitHub writes down check runs and Actions jobs. */
export function checkPresenter(
  origin: string,
  repository: (of: EmulatedRepository) => { readonly full_name: string },
) {
  const apiOf = ({ owner, name }: EmulatedRepository) => `${origin}/repos/${owner}/${name}`;
  const pageOf = ({ owner, name }: EmulatedRepository) => `${origin}/${owner}/${name}`;
  const standing = ({ conclusion, startedAt, completedAt }: EmulatedCheckRun) => ({
    ...{ status: conclusion === null ? 'in_progress' : 'completed', conclusion },
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
      ...{ head_sha: check.sha, head_branch: null, workflow_name: 'CI', labels: [] },
      ...{ url, html_url: `${pageOf(of)}/actions/runs/${run}/job/${check.id}` },
      ...{ ...standing(check), created_at: check.startedAt },
      check_run_url: `${apiOf(of)}/check-runs/${check.id}`,
      ...{
        runner_id: 1,
        runner_name: 'emulated',
        runner_group_id: 1,
        runner_group_name: 'Default',
      },
    };
  }

  function workflowRun(of: EmulatedRepository, check: EmulatedCheckRun) {
    const { run = 0, attempt = 1 } = check.actions ?? {};
    const url = `${apiOf(of)}/actions/runs/${run}`;
    const { status, conclusion } = standing(check);
    return {
      ...{ id: run, node_id: nodeId('WorkflowRun', run), name: 'CI', run_attempt: attempt },
      ...{ head_branch: null, head_sha: check.sha, run_number: 1, display_title: 'CI' },
      ...{ event: 'pull_request', status, conclusion, path: '.github/workflows/ci.yml' },
      ...{
        workflow_id: workflowId(of, check.actions?.workflow ?? 'CI'),
        created_at: check.startedAt,
        updated_at: check.startedAt,
      },
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
