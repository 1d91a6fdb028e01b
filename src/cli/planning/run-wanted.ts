import { resolve } from 'node:path';

import { isSameRepository } from '../../domain/shared/repository.ts';
import type { ListedIssue } from '../../github/issues/issue-source.ts';
import type { PlanFile } from '../../planning/plan-file/plan-file.ts';
import { readPlanFile } from '../../planning/plan-file/plan-text.ts';
import { parseReferences, type References } from '../../planning/read/references.ts';
import type { Context } from '../context.ts';
import { Refusal, UsageError } from '../errors.ts';
import { findProject, type Project } from '../project.ts';

export interface RequestedRunOptions {
  readonly workers?: number;
  readonly base?: string;
  /** The agent of its sessions. */
  readonly agent?: string;
  readonly after: readonly string[];
  readonly yes?: true;
}

/** The run that a person asked for, before it is checked. */
export interface RequestedRun extends Omit<References, 'mistakes'> {
  readonly project: Project;
  readonly concurrency: number;
  readonly base: string | undefined;
  /** The plan file; absent when issues were given, which are planned on the way. */
  readonly plan?: PlanFile;
  /** The issues as GitHub has them, by number, without those that are not there. They are read once. */
  read(): Promise<ReadonlyMap<number, ListedIssue>>;
}

/**
 * Reads a plan file or a list of issues.
 * @throws UsageError, or Refusal when it is a plan of another repository
 */
export async function readRequestedRun(
  context: Context,
  given: readonly string[],
  options: RequestedRunOptions,
): Promise<RequestedRun> {
  const [only = ''] = given;
  if (given.length !== 1 || !/\.ya?ml$/i.test(only)) return wantedIssues(context, given, options);
  if (options.after.length > 0)
    throw new UsageError('--after is for issues: a plan file has its own order, in after:');
  return wantedPlan(context, resolve(context.cwd, only), options);
}

async function wantedPlan(
  context: Context,
  file: string,
  options: RequestedRunOptions,
): Promise<RequestedRun> {
  const plan = await readPlanFile(file);
  const project = await findProject(context);
  if (!isSameRepository(plan.repository, project.repository))
    throw new Refusal(
      `${file} is a plan for ${plan.repository}, and this is ${project.repository}: go to its checkout, or name it with -C`,
    );
  if (plan.issues.some(({ agent }) => agent !== undefined))
    await readPlanFile(file, project.config);
  return {
    ...{ project, plan },
    base: options.base ?? plan.base,
    concurrency: options.workers ?? plan.workers,
    issues: plan.issues.map(({ issue: number }) => ({ number })),
    order: plan.issues.map(({ issue, after }) => ({ issue, after: after.map((e) => e.issue) })),
    read: readOnce(
      context,
      project,
      plan.issues.map(({ issue }) => issue),
    ),
  };
}

async function wantedIssues(
  context: Context,
  given: readonly string[],
  options: RequestedRunOptions,
): Promise<RequestedRun> {
  const { issues, order, mistakes } = parseReferences(given, options.after);
  if (mistakes.length > 0) throw new UsageError(mistakes.join('; '));
  const project = await findProject(context);
  return {
    ...{ project, issues, order, base: options.base },
    concurrency: options.workers ?? project.config.workers,
    read: readOnce(
      context,
      project,
      issues.map(({ number }) => number),
    ),
  };
}

function readOnce(context: Context, { repository }: Project, issues: readonly number[]) {
  let reading: Promise<ReadonlyMap<number, ListedIssue>> | undefined;
  return () => {
    reading ??= context.services
      .issues()
      .then((source) => source.read(repository, [...new Set(issues)]));
    return reading;
  };
}
