import { resolve } from 'node:path';
import { foreignPrices } from '../../agents/adapters/foreign-model.ts';
import type { PlanInput } from '../../domain/run/plan.ts';
import { isRunOf } from '../../domain/run/run.ts';
import { agentNamed, noSuchAgent } from '../../domain/settings/agent-settings.ts';
import { isSameRepository } from '../../domain/shared/repository.ts';
import { oneLine } from '../../domain/shared/text.ts';
import type { Draft } from '../../planning/draft.ts';
import { apartInWords, type PlanFile, toPlan } from '../../planning/plan-file/plan-file.ts';
import { readPlanFile } from '../../planning/plan-file/plan-text.ts';
import { foreignProblems, preflight, titlesIn, withTitles } from '../../planning/preflight.ts';
import { parseReferences } from '../../planning/read/references.ts';
import { ifReachable } from '../connection.ts';
import type { Context } from '../context.ts';
import { Refusal, UsageError } from '../errors.ts';
import { preflightReaders } from '../preflight/preflight-readers.ts';
import { ruleNews } from '../preflight/rules.ts';
import { sandboxNews } from '../preflight/sandbox.ts';
import { serviceNews } from '../preflight/service-news.ts';
import { signingNews } from '../preflight/signing.ts';
import { tooManyWorkers } from '../preflight/workers.ts';
import { findProject, type Project } from '../project.ts';
import { makePlan } from './planning.ts';

export interface RunRequest {
  readonly workers?: number;
  readonly base?: string;
  /** The agent of its sessions. */
  readonly agent?: string;
  readonly after: readonly string[];
  readonly yes?: true;
}

/** What a run is started with, everything checked. */
export interface RunPlan extends Pick<PlanInput, 'issues' | 'overlaps'> {
  readonly project: Project;
  readonly concurrency: number;
  readonly base: string | undefined;
}

/** What was asked for runs already. */
export interface Running {
  readonly project: Project;
  /** The run's name. */
  readonly running: string;
}

/**
 * A run of a plan file, as it stands; or of issues, planned on the way; or the open run of exactly that.
 * @throws Refusal with all that speaks against it
 */
export async function planRun(
  context: Context,
  given: readonly string[],
  options: RunRequest,
): Promise<RunPlan | Running> {
  const [only = ''] = given;
  if (given.length !== 1 || !/\.ya?ml$/i.test(only)) return planIssues(context, given, options);
  if (options.after.length > 0)
    throw new UsageError('--after is for issues: a plan file has its own order, in after:');
  return takePlanFile(context, resolve(context.cwd, only), options);
}

async function takePlanFile(
  context: Context,
  file: string,
  options: RunRequest,
): Promise<RunPlan | Running> {
  const plan = await readPlanFile(file);
  const project = await findProject(context);
  if (!isSameRepository(plan.repository, project.repository))
    throw new Refusal(
      `${file} is a plan for ${plan.repository}, and this is ${project.repository}: go to its checkout, or name it with -C`,
    );
  if (plan.issues.some(({ agent }) => agent !== undefined))
    await readPlanFile(file, project.config);
  const running = await runOf(
    context,
    project,
    plan.issues.map(({ issue }) => issue),
  );
  if (running) return running;
  const base = options.base ?? plan.base;
  const concurrency = options.workers ?? plan.workers;
  const checked = await preflight(
    {
      ...{ repository: project.repository, base: base ?? project.config.base },
      issues: plan.issues.map(({ issue: number }) => ({ number })),
      order: plan.issues.map(({ issue, after }) => ({ issue, after: after.map((e) => e.issue) })),
    },
    await preflightReaders(context, project),
  );
  const issues = withTitles(toPlan(plan).issues, titlesIn(checked.issues));
  await refuseUnless(context, project, { issues, concurrency }, options, checked.problems);
  return { project, issues, overlaps: plan.overlaps, concurrency, base };
}

async function planIssues(
  context: Context,
  given: readonly string[],
  options: RunRequest,
): Promise<RunPlan | Running> {
  const references = parseReferences(given, options.after);
  if (references.mistakes.length > 0) throw new UsageError(references.mistakes.join('; '));
  const project = await findProject(context);
  const { repository, config } = project;
  if (foreignProblems(references, repository).length === 0) {
    const running = await runOf(
      context,
      project,
      references.issues.map(({ number }) => number),
    );
    if (running) return running;
  }
  const concurrency = options.workers ?? config.workers;
  const readers = await preflightReaders(context, project);
  const source = await context.services.issues();
  const numbers = [...new Set(references.issues.map(({ number }) => number))];
  let reading: ReturnType<typeof source.read> | undefined;
  const readAll = () => {
    reading ??= source.read(repository, numbers);
    return reading;
  };
  const checked = await preflight(
    { ...references, repository, base: options.base ?? config.base },
    {
      ...readers,
      // Read together, in few requests; one that is not there is asked for again, for the reason.
      readIssue: async (issue) => (await readAll()).get(issue) ?? readers.readIssue(issue),
    },
  );
  await refuseUnless(
    context,
    project,
    { issues: checked.issues, concurrency },
    options,
    checked.problems,
  );
  const { plan, draft } = await makePlan(
    context,
    project,
    {
      ...{ order: references.order, withDependencies: false, base: options.base, concurrency },
      issues: [...(await readAll()).values()],
    },
    options.yes ? undefined : await context.services.questions(),
  );
  const unasked = options.yes !== true && (await context.services.questions()) === undefined;
  if (plan.issues.length === 0 || (unasked && plan.leftOut.length > 0))
    throw new Refusal('nothing was started, since not all are ready:', [
      ...reasons(plan),
      'decide in a terminal, write a plan with coppice plan, or leave these out with --yes',
    ]);
  for (const line of found(plan, draft)) context.terminal.err(`coppice: ${oneLine(line, 300)}`);
  const issues = withTitles(toPlan(plan).issues, titlesIn(checked.issues));
  const places = new Map(numbers.map((number, location) => [number, location]));
  const location = ({ issue }: { issue: number }) => places.get(issue) ?? 0;
  return {
    project,
    issues: issues.toSorted((a, b) => location(a) - location(b)),
    overlaps: plan.overlaps,
    concurrency,
    base: options.base,
  };
}

/** The open run of exactly these issues, if there is one. */
async function runOf(
  context: Context,
  project: Project,
  issues: readonly number[],
): Promise<Running | undefined> {
  const runs = await ifReachable(context, (coppice) => coppice.runs(project.repository));
  const found = runs?.find((run) => !run.closed && isRunOf(run, issues));
  return found && { project, running: found.name };
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new Refusal('nothing was started:', problems);
}

/** As much of an issue in a run as is looked at. */
interface PlannedIssueInput {
  readonly issue: number;
  readonly after?: readonly number[] | undefined;
  readonly agent?: string | undefined;
}

/** Says, when nothing speaks against the run, that its agents will have no sandbox, or tell wrong costs, and who signs. */
async function refuseUnless(
  context: Context,
  project: Project,
  {
    issues,
    concurrency,
  }: {
    readonly issues: readonly PlannedIssueInput[];
    readonly concurrency: number;
  },
  { yes, agent: ofRun }: RunRequest,
  problems: readonly string[],
): Promise<void> {
  const { config, checkout } = project;
  const { services, terminal } = context;
  const { problem, warning } = sandboxNews(config.sandbox, await services.sandbox());
  const names = new Set(issues.map(({ agent }) => agent ?? ofRun));
  const unusable = await Promise.all(
    [...names].map(async (name) => {
      const agent = agentNamed(config, name);
      return agent ? services.agentProblem(agent, checkout.path) : noSuchAgent(name ?? '', config);
    }),
  );
  const agents = [...names].flatMap((name) => agentNamed(config, name) ?? []);
  const news = await serviceNews(context, config, agents);
  refuse([
    ...problems,
    ...news.problems,
    ...tooManyWorkers(concurrency, yes === true),
    ...new Set([problem, ...unusable].filter((one) => one !== undefined)),
  ]);
  const prices = agents.map((agent) => foreignPrices(agent, context.env));
  const told = new Set([warning, ...news.notes, ...prices].filter((one) => one !== undefined));
  for (const line of told) terminal.err(`coppice: ${oneLine(line, 500)}`);
  const signs = await checkout.signs();
  if (signs) terminal.err(`coppice: ${signingNews(signs)}`);
  const [first] = issues;
  if (!first) return;
  const stacks = issues.some(({ after = [] }) => after.length > 0);
  const github = await services.github();
  for (const line of await ruleNews(github, project, { issue: first.issue, stacks, signs }))
    terminal.err(`coppice: ${line}`);
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
  ...capped(apartInWords(plan), 'pairs kept apart'),
  ...capped(
    unkept.map(({ text }) => `order not kept: ${text}`),
    'orders not kept',
  ),
  ...capped(
    reasons(plan).map((reason) => `left out: ${reason}`),
    'left out',
  ),
];
