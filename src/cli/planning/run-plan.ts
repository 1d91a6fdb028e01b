import type { Coppice } from '../../client/types.ts';
import type { PlanInput } from '../../domain/run/plan.ts';
import { isRunOf } from '../../domain/run/run.ts';
import type { RepositoryName } from '../../domain/shared/repository.ts';
import { oneLine } from '../../domain/shared/text.ts';
import type { Draft } from '../../planning/draft.ts';
import { apartText, type PlanFile, toPlan } from '../../planning/plan-file/plan-file.ts';
import { foreignProblems, titlesIn, withTitles } from '../../planning/preflight.ts';
import { ifReachable } from '../connection.ts';
import type { Context } from '../context.ts';
import { Refusal } from '../errors.ts';
import type { Project } from '../project.ts';
import { makePlan } from './planning.ts';
import { checkRun } from './run-checks.ts';
import { type RequestedRun, type RequestedRunOptions, readRequestedRun } from './run-wanted.ts';

/** A checked plan for a run. */
export interface RunPlan extends Pick<PlanInput, 'issues' | 'overlaps'> {
  readonly project: Project;
  readonly concurrency: number;
  readonly base: string | undefined;
}

/** The open run that has exactly these issues already. */
export interface Running {
  readonly project: Project;
  /** The run's name. */
  readonly running: string;
  /** Puts the issues of that run into the order in which they were asked for. */
  inOrder<T extends { readonly issue: number }>(issues: readonly T[]): T[];
}

/**
 * A run of a plan file, as it stands; or of issues, planned on the way; or the open run of exactly that.
 * @throws Refusal with all that speaks against it
 */
export async function planRun(
  context: Context,
  given: readonly string[],
  options: RequestedRunOptions,
): Promise<RunPlan | Running> {
  const wanted = await readRequestedRun(context, given, options);
  const { project, concurrency, base } = wanted;
  const running = await openRunOf(context, wanted);
  if (running !== undefined)
    return { project, running, inOrder: (issues) => asGiven(issues, wanted) };

  const checked = await checkRun(context, wanted, options);
  const plan = wanted.plan ?? (await planOnTheWay(context, wanted, options));
  const issues = withTitles(toPlan(plan).issues, titlesIn(checked.issues));
  return { project, concurrency, base, overlaps: plan.overlaps, issues: asGiven(issues, wanted) };
}

/** The open run of exactly these issues, if there is one. */
async function openRunOf(
  context: Context,
  { project: { repository }, issues }: RequestedRun,
): Promise<string | undefined> {
  if (foreignProblems({ issues }, repository).length > 0) return undefined;
  const wanted = issues.map(({ number }) => ({ issue: number }));
  return ifReachable(context, (coppice) => openRunWith(coppice, repository, wanted));
}

/** The name of the open run that has exactly these issues, if there is one. */
export async function openRunWith(
  coppice: Coppice,
  repository: RepositoryName,
  issues: readonly { readonly issue: number }[],
): Promise<string | undefined> {
  const numbers = issues.map(({ issue }) => issue);
  const runs = await coppice.runs(repository);
  return runs.find((run) => !run.closed && isRunOf(run, numbers))?.name;
}

/** Plans issues that were given without a plan. @throws Refusal when not all are ready, and nobody can be asked */
async function planOnTheWay(
  context: Context,
  { project, order, concurrency, base, read }: RequestedRun,
  { yes }: RequestedRunOptions,
): Promise<PlanFile> {
  const questions = yes ? undefined : await context.services.questions();
  const { plan, draft } = await makePlan(
    context,
    project,
    { order, withDependencies: false, base, concurrency, issues: [...(await read()).values()] },
    questions,
  );
  const unasked = yes !== true && questions === undefined;
  if (plan.issues.length === 0 || (unasked && plan.leftOut.length > 0))
    throw new Refusal('nothing was started, since not all are ready:', [
      ...reasons(plan),
      'decide in a terminal, write a plan with coppice plan, or leave these out with --yes',
    ]);
  for (const line of found(plan, draft)) context.terminal.err(`coppice: ${oneLine(line, 300)}`);
  return plan;
}

/** In the order in which they were given; what was not given comes last. */
function asGiven<T extends { readonly issue: number }>(
  planned: readonly T[],
  { issues }: RequestedRun,
): T[] {
  const numbers = issues.map(({ number }) => number);
  const position = new Map([...new Set(numbers)].map((number, index) => [number, index]));
  const placeOf = (issue: number): number => position.get(issue) ?? position.size;
  return planned.toSorted((a, b) => placeOf(a.issue) - placeOf(b.issue));
}

const reasons = ({ leftOut }: PlanFile): string[] =>
  leftOut.map(({ issue, reason }) => `#${issue}: ${reason}`);

/** Lines of one kind that are printed; the plan has them all. */
const MOST_LINES = 20;

const capped = (lines: readonly string[], what: string): string[] =>
  lines.length <= MOST_LINES
    ? [...lines]
    : [
        ...lines.slice(0, MOST_LINES),
        `and ${lines.length - MOST_LINES} more ${what}: coppice plan --all`,
      ];

/** What planning found beyond what the person said. */
const found = (plan: PlanFile, { unkept }: Draft): string[] => [
  ...capped(
    plan.issues.flatMap(({ issue, after }) =>
      after
        .filter(({ source }) => source !== 'person')
        .map(
          (edge) =>
            `#${issue} comes after #${edge.issue} (${[edge.source, edge.evidence].filter(Boolean).join(': ')})`,
        ),
    ),
    'orders',
  ),
  ...capped(
    plan.issues.flatMap(({ issue, caution }) =>
      caution === undefined ? [] : [`#${issue} will ask you to approve its plan: ${caution}`],
    ),
    'cautions',
  ),
  ...capped(apartText(plan), 'pairs kept apart'),
  ...capped(
    unkept.map(({ text }) => `order not kept: ${text}`),
    'orders not kept',
  ),
  ...capped(
    reasons(plan).map((reason) => `left out: ${reason}`),
    'left out',
  ),
];
