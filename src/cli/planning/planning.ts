import { availableParallelism, totalmem } from 'node:os';
import type { ListedIssue } from '../../github/issues/issue-source.ts';
import { type Draft, type DraftRequest, draftPlan, predict } from '../../planning/draft.ts';
import { withEvidence } from '../../planning/evidence.ts';
import { type Decisions, finishPlan, NO_DECISIONS } from '../../planning/finish.ts';
import type { PlanFile } from '../../planning/plan-file/plan-file.ts';
import type { RequestedOrder } from '../../planning/read/references.ts';
import { surveyIssues } from '../../planning/read/survey.ts';
import { NO_PROPOSALS } from '../../planning/rules/proposals.ts';
import type { Dependency, Survey } from '../../planning/rules/survey.ts';
import type { Context } from '../context.ts';
import { Refusal } from '../errors.ts';
import { sandboxWarnings } from '../preflight/sandbox.ts';
import type { Project } from '../project.ts';
import type { Questions } from '../terminal/questions.ts';
import { askConcurrency, askConfirmed, askIncluded, askLifted, askSeparated } from './decide.ts';
import { withoutPredecessors } from './predecessors.ts';

export interface PlanRequest {
  readonly issues: readonly ListedIssue[];
  /** What the person ordered. */
  readonly order: readonly RequestedOrder[];
  readonly withDependencies: boolean;
  readonly base: string | undefined;
  /** What the person asked for; else it is recommended. */
  readonly concurrency: number | undefined;
  /** Whether the configured agent is asked for proposals; otherwise no model is. */
  readonly askAgent?: boolean;
}

export interface Planned {
  readonly draft: Draft;
  readonly plan: PlanFile;
}

/** Reads GitHub, the files and their history, and proposes a plan. @throws Refusal when the order has a cycle */
async function propose(
  context: Context,
  { repository, config, checkout }: Project,
  { issues, order, withDependencies, base, askAgent = false }: PlanRequest,
) {
  const { services, terminal } = context;
  if (askAgent) {
    const { problem, warning } = sandboxWarnings(config.sandbox, await services.sandbox());
    if (problem !== undefined) throw new Refusal('nothing was planned:', [problem]);
    if (warning !== undefined) terminal.err(`coppice: ${warning}`);
  }
  const ordered = order.flatMap(({ issue: of, after }) =>
    after.map((issue): Dependency => ({ of, issue, source: 'person' })),
  );
  const request = { repository, issues, withDependencies, ordered };
  // Whoever watches sees from the first second what takes long.
  const progress = (step: string) => terminal.isTTY && terminal.err(`coppice: ${step}`);
  progress(`reads ${issues.length} issues, and what they depend on`);
  const found = await surveyIssues(await services.issues(), request);
  const survey = await withoutPredecessors(found, context.home, repository);
  refuseUnknown(survey, ordered);
  const { planning, policy, workers: configured, remote } = config;
  const location = { repository, checkout: checkout.path, remote, base: base ?? config.base };
  progress(`reads files and history (${planning.overlap.commits} commits)`);
  const codebase = await services.codebase({ ...location, commits: planning.overlap.commits });
  progress('looks for what each issue will change');
  const forecast = await predict(survey, codebase, repository);
  const proposed = askAgent
    ? await services.proposals({
        ...location,
        ...{ agent: config.agent, config },
        timeout: policy.turnTimeout,
        survey,
      })
    : NO_PROPOSALS;
  const { proposals, dropped: unproven } = await withEvidence(proposed, survey, codebase);
  const machine = {
    memoryBytes: process.constrainedMemory() || totalmem(),
    cores: availableParallelism(),
  };
  return ({ included, confirmed, separated }: Decided): Draft => {
    const capacity = { ...machine, configured, review: policy.review };
    const decided = { capacity, included, confirmed, separated };
    const draft = draftPlan({
      ...{ survey, forecast, settings: planning, proposals, unproven },
      ...decided,
    });
    if (draft.cycle !== undefined) throw new Refusal(`nothing was planned: ${draft.cycle}`);
    return draft;
  };
}

type Decided = Pick<DraftRequest, 'included' | 'confirmed' | 'separated'>;
const UNDECIDED: Decided = { included: new Set(), confirmed: [], separated: [] };

/** Makes the plan. A person at the terminal is asked about whatever needs a decision. */
export async function makePlan(
  context: Context,
  project: Project,
  request: PlanRequest,
  questions: Questions | undefined,
): Promise<Planned> {
  const draft = await propose(context, project, request);
  const first = draft(UNDECIDED);
  const { repository } = project;
  const finish = (final: Draft, decisions: Decisions): Planned => {
    const concurrency = request.concurrency ?? decisions.concurrency;
    const made = { ...decisions, ...(concurrency !== undefined && { concurrency }) };
    return { draft: final, plan: finishPlan(final, { repository, base: request.base }, made) };
  };
  if (!questions) return finish(first, NO_DECISIONS);
  const included =
    first.leftOut.length === 0 ? new Set<number>() : await askIncluded(first, questions);
  const confirmed = await askConfirmed(draft({ ...UNDECIDED, included }), questions);
  const separated = await askSeparated(draft({ included, confirmed, separated: [] }), questions);
  const final = draft({ included, confirmed, separated });
  const lifted = await askLifted(final, questions);
  const concurrency = request.concurrency ?? (await askConcurrency(final, questions));
  return finish(final, { included, lifted, concurrency });
}

function refuseUnknown({ issues }: Survey, ordered: readonly Dependency[]): void {
  const known = new Set(issues.map(({ number }) => number));
  const strangers = ordered
    .flatMap(({ of, issue }) => [of, issue])
    .filter((number) => !known.has(number));
  if (strangers.length > 0)
    throw new Refusal(
      'nothing was planned:',
      [...new Set(strangers)].map((number) => `--after names #${number}, which is not planned`),
    );
}
