import { type RepositoryName, splitRepository } from './repository.ts';

/**
 * Every name Coppice gives to something outside itself is made here, from numbers and validated names only: text of an
 * issue or a comment never becomes part of one.
 */

/** The queue every worker listens on: workflows, and activities that need nothing but Temporal. */
export const SHARED_TASK_QUEUE = 'coppice';

/** The queue of the hosts that have a checkout of one repository: what needs it, or a login for it, and no host in particular. */
export const repositoryTaskQueue = (repository: RepositoryName): string =>
  `coppice-repo-${repository}`;

/** The queue of one host for short work on its worktrees. */
export const hostTaskQueue = (hostId: string): string => `coppice-host-${hostId}`;

/** The queue of one host for agent turns; its slots are the cap on agents at work there. */
export const turnTaskQueue = (hostId: string): string => `coppice-host-${hostId}-turns`;

export const sessionWorkflowId = (repository: RepositoryName, issue: number): string =>
  `coppice/${repository}/issues/${issue}`;

export const runWorkflowId = (repository: RepositoryName, run: string): string =>
  `coppice/${repository}/runs/${run}`;

/** The name of the run that a workflow id is of. */
export const runNameIn = (workflowId: string): string => workflowId.split('/').at(-1) ?? '';

/** What a person may call a run; also the shape of the names Coppice gives. */
export const RUN_NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** Default name of a run started at `at`: sortable, and readable in a listing. `suffix` tells apart two runs of one minute. */
export function runName(at: Date, suffix: string): string {
  const minute = at.toISOString().slice(0, 16).replace('T', '-').replace(':', '');
  return `${minute}-${suffix}`;
}

/** Values a branch or worktree template may use: numbers and validated names. */
export interface NameValues {
  readonly repository: RepositoryName;
  readonly issue: number;
}

export const DEFAULT_BRANCH_TEMPLATE = 'issue-{issue}';
export const DEFAULT_WORKTREE_TEMPLATE = '../{repo}-issue-{issue}';

const expand = (template: string, { repository, issue }: NameValues): string =>
  template
    .replaceAll('{issue}', String(issue))
    .replaceAll('{repo}', splitRepository(repository).repo);

export const branchName = (template: string, values: NameValues): string =>
  expand(template, values);

/** A path, relative to the main checkout unless the template is absolute. */
export const worktreePath = (template: string, values: NameValues): string =>
  expand(template, values);

/** A turn's id: unique over all sessions of a host, and a safe directory name. */
export function turnId(session: NameValues, workflowRunId: string, turn: number): string {
  const { owner, repo } = splitRepository(session.repository);
  // The beginning of a run id is the time, and the same for a minute.
  return `${owner}.${repo}.${session.issue}.${workflowRunId.slice(-12)}.${turn}`;
}

/** Whether a turn's id, or any other name, is that of a turn of this issue's sessions. */
export function isTurnOf({ repository, issue }: NameValues, name: string): boolean {
  const { owner, repo } = splitRepository(repository);
  const session = `${owner}.${repo}.${issue}.`;
  return name.startsWith(session) && /^[^.]+\.\d+$/.test(name.slice(session.length));
}

/** Search attributes; registered by the embedded server and by every worker. */
export const SEARCH_ATTRIBUTES = {
  CoppiceRepo: 'KEYWORD',
  CoppiceRun: 'KEYWORD',
  CoppiceIssue: 'INT',
  CoppiceStatus: 'KEYWORD',
} as const;
