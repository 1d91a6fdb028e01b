import { foreignPrices } from '../../agents/adapters/foreign-model.ts';
import { agentNamed, noSuchAgent } from '../../domain/settings/agent-settings.ts';
import { oneLine } from '../../domain/shared/text.ts';
import { type Preflight, preflight } from '../../planning/preflight.ts';
import type { Context } from '../context.ts';
import { Refusal } from '../errors.ts';
import { preflightReaders } from '../preflight/preflight-readers.ts';
import { ruleWarnings } from '../preflight/rules.ts';
import { sandboxWarnings } from '../preflight/sandbox.ts';
import { serviceDifferences } from '../preflight/service.ts';
import { signingWarnings } from '../preflight/signing.ts';
import { tooManyWorkers } from '../preflight/workers.ts';
import type { Project } from '../project.ts';
import type { RequestedRun, RequestedRunOptions } from './run-wanted.ts';

/**
 * Checks all that a run needs, and prints what a person should know of it: that its agents have no sandbox, or report
 * wrong costs, and whose signature its commits get.
 * @throws Refusal with all reasons against the run
 */
export async function checkRun(
  context: Context,
  wanted: RequestedRun,
  options: RequestedRunOptions,
): Promise<Preflight> {
  const { project, concurrency, base } = wanted;
  const readers = await preflightReaders(context, project);
  const checked = await preflight(
    {
      ...{ issues: wanted.issues, order: wanted.order },
      ...{ repository: project.repository, base: base ?? project.config.base },
    },
    {
      ...readers,
      // All are read together, in few requests. One that is not there is asked for again, for the reason.
      readIssue: async (issue) => (await wanted.read()).get(issue) ?? readers.readIssue(issue),
    },
  );
  const agents = await checkAgents(context, project, agentNames(wanted, options));
  const news = await serviceDifferences(context, project.config, agents.usable);
  const { problem, warning } = sandboxWarnings(
    project.config.sandbox,
    await context.services.sandbox(),
  );
  const problems = [
    ...checked.problems,
    ...news.problems,
    ...tooManyWorkers(concurrency, options.yes === true),
    ...present([problem, ...agents.problems]),
  ];
  if (problems.length > 0) throw new Refusal('nothing was started:', problems);

  const prices = agents.usable.map((agent) => foreignPrices(agent, context.env));
  for (const line of present([warning, ...news.notes, ...prices]))
    context.terminal.err(`coppice: ${oneLine(line, 500)}`);
  await tellSigningAndRules(context, project, checked);
  return checked;
}

/** The agents that the sessions are to have; undefined for that of coppice.yaml. */
const agentNames = (
  { plan, issues }: RequestedRun,
  { agent }: RequestedRunOptions,
): Set<string | undefined> =>
  new Set(plan ? plan.issues.map((issue) => issue.agent ?? agent) : issues.map(() => agent));

async function checkAgents(
  { services }: Context,
  { config, checkout }: Project,
  names: ReadonlySet<string | undefined>,
) {
  const problems = await Promise.all(
    [...names].map(async (name) => {
      const agent = agentNamed(config, name);
      return agent ? services.agentProblem(agent, checkout.path) : noSuchAgent(name ?? '', config);
    }),
  );
  return { usable: [...names].flatMap((name) => agentNamed(config, name) ?? []), problems };
}

async function tellSigningAndRules(
  { services, terminal }: Context,
  project: Project,
  { issues }: Preflight,
): Promise<void> {
  const signs = await project.checkout.signs();
  if (signs) terminal.err(`coppice: ${signingWarnings(signs)}`);
  const [first] = issues;
  if (!first) return;
  const stacks = issues.some(({ after }) => after.length > 0);
  const github = await services.github();
  for (const line of await ruleWarnings(github, project, { issue: first.issue, stacks, signs }))
    terminal.err(`coppice: ${line}`);
}

const present = (lines: readonly (string | undefined)[]): Set<string> =>
  new Set(lines.filter((line) => line !== undefined));
