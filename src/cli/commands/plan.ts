import { existsSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { IssueFilter, ListedIssue } from '../../github/issues/issue-source.ts';
import type { PlanFile } from '../../planning/plan-file/plan-file.ts';
import { renderPlan } from '../../planning/plan-file/plan-yaml.ts';
import { parseReferences, type References } from '../../planning/read/references.ts';
import { selectIssues } from '../../planning/read/select.ts';
import type { Context } from '../context.ts';
import { Refusal, UsageError } from '../errors.ts';
import { makePlan, type Planned } from '../planning/planning.ts';
import { ruleWarnings } from '../preflight/rules.ts';
import { manyWorkers, tooManyWorkers } from '../preflight/workers.ts';
import { findProject, type Project } from '../project.ts';
import { renderDraft, renderMermaid } from '../render/plan.ts';

export interface PlanOptions {
  readonly label: readonly string[];
  readonly milestone?: string;
  readonly assignee?: string;
  readonly search?: string;
  readonly allOpen?: true;
  readonly after: readonly string[];
  readonly withDependencies?: true;
  readonly workers?: number;
  readonly base?: string;
  readonly output?: string;
  readonly force?: true;
  readonly json?: true;
  readonly mermaid?: true;
  readonly yes?: true;
  readonly agent?: true;
  readonly all?: true;
}

/** Reading so many issues takes a while. */
const LONG = 100;

const PLAN_FILE = 'plan.yaml';

/** Plans issues, shows the plan and writes it to a file. Nothing is started. */
export async function plan(
  context: Context,
  issues: readonly string[],
  options: PlanOptions,
): Promise<void> {
  const references = parseReferences(issues, options.after);
  if (references.mistakes.length > 0) throw new UsageError(references.mistakes.join('; '));
  const filter = filterOf(options);
  if (issues.length === 0 && !filter)
    throw new UsageError(
      'no issues: give numbers, --label, --milestone, --assignee, --search or --all-open',
    );
  checkWorkers(context, options);
  const project = await findProject(context);
  const file = resolve(context.cwd, options.output ?? PLAN_FILE);
  const writes = !(options.json || options.mermaid) || options.output !== undefined;
  const planned = await makePlan(
    context,
    project,
    {
      issues: await select(context, project, references, filter),
      order: references.order,
      withDependencies: options.withDependencies === true,
      base: options.base,
      concurrency: options.workers,
      askAgent: options.agent === true,
    },
    options.yes || !writes ? undefined : await context.services.questions(),
  );
  if (planned.plan.issues.length === 0) throw nothingReady(planned.plan);
  show(context, planned, options);
  await tellRules(context, project, planned.plan);
  if (writes) await write(context, file, planned, options.force === true);
}

/** What GitHub would refuse of this plan's pushes. */
async function tellRules(context: Context, project: Project, { issues }: PlanFile): Promise<void> {
  const [first] = issues;
  if (!first) return;
  const { services, terminal } = context;
  const pushes = {
    issue: first.issue,
    stacks: issues.some(({ after }) => after.length > 0),
    signs: await project.checkout.signs(),
  };
  for (const line of await ruleWarnings(await services.github(), project, pushes))
    terminal.err(`coppice: ${line}`);
}

/** @throws Refusal */
function checkWorkers({ terminal }: Context, { workers = 0, yes }: PlanOptions): void {
  const [problem] = tooManyWorkers(workers, yes === true);
  if (problem !== undefined) throw new Refusal(problem);
  const warning = manyWorkers(workers);
  if (warning !== undefined) terminal.err(warning);
}

function filterOf({
  label: labels,
  milestone,
  assignee,
  search,
  allOpen,
}: PlanOptions): IssueFilter | undefined {
  const given = [milestone, assignee, search, allOpen].some((value) => value !== undefined);
  if (!given && labels.length === 0) return undefined;
  return {
    labels,
    ...(milestone !== undefined && { milestone }),
    ...(assignee !== undefined && { assignee }),
    ...(search !== undefined && { search }),
  };
}

async function select(
  { services, terminal }: Context,
  { repository }: Project,
  references: References,
  filter: IssueFilter | undefined,
): Promise<readonly ListedIssue[]> {
  const progress = terminal.isTTY
    ? (read: number) => void (read >= LONG && terminal.err(`${read} issues read`))
    : () => undefined;
  const request = { repository, references, filter, progress };
  const { issues, problems } = await selectIssues(await services.issues(), request);
  if (problems.length > 0) throw new Refusal('nothing was planned:', problems);
  if (issues.length === 0) throw new Refusal('nothing was planned: no open issue fits');
  return issues;
}

const nothingReady = ({ leftOut }: PlanFile): Refusal =>
  new Refusal(
    'nothing was planned, since no issue is ready:',
    leftOut.map(({ issue, reason }) => `#${issue}: ${reason}`),
  );

function show({ terminal }: Context, { draft, plan }: Planned, options: PlanOptions): void {
  if (options.json)
    terminal.out(
      JSON.stringify(
        {
          ...plan,
          waves: draft.waves,
          overlaps: draft.overlaps,
          doubtful: draft.doubtful,
          unkept: draft.unkept,
          dropped: draft.dropped,
          recommended: draft.concurrency,
        },
        null,
        2,
      ),
    );
  else if (options.mermaid) terminal.out(renderMermaid(draft, plan));
  else
    terminal.out(
      renderDraft(draft, plan, {
        columns: terminal.columns,
        color: terminal.color,
        all: options.all === true,
      }),
    );
}

async function write(
  { terminal, cwd }: Context,
  file: string,
  { draft, plan }: Planned,
  force: boolean,
): Promise<void> {
  const text = renderPlan(plan, draft);
  if (!force && existsSync(file) && readFileSync(file, 'utf8') !== text)
    throw new Refusal(
      `${file} holds another plan, which may have your changes: replace it with --force, or write elsewhere with --output`,
    );
  await writeFileAtomic(file, text);
  const shown = relative(cwd, file);
  const named = shown.startsWith('..') ? file : shown;
  terminal.err(`\nWrote ${file}. Change it as you like, then: coppice run ${named}`);
}
