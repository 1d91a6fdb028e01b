import { MAX_TITLE } from '../../domain/run/plan.ts';
import { agentNamed, noSuchAgent } from '../../domain/settings/agent-settings.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import type { RepositoryName } from '../../domain/shared/repository.ts';
import { oneLine } from '../../domain/shared/text.ts';
import { unworkable } from '../../planning/preflight.ts';
import type { Context } from '../context.ts';
import { Refusal } from '../errors.ts';
import { amendRun } from '../open-run.ts';
import { findIssues, findProject } from '../project.ts';

/** Adds an issue to a run under way. */
export async function add(
  context: Context,
  reference: string,
  options: { run?: string; agent?: string; after: readonly string[] },
): Promise<void> {
  const { repository, issues } = await findIssues(context, [reference, ...options.after]);
  const [issue = 0, ...after] = issues;
  const { agent } = options;
  if (agent !== undefined) await checkAgent(context, agent);
  const title = await titleOf(context, repository, issue);
  const entry = {
    issue,
    after,
    ...(title !== undefined && { title }),
    ...(agent !== undefined && { agent }),
  };
  const run = await amendRun(
    context,
    { run: options.run, repository, issues: after },
    { do: 'add', entry },
  );
  context.terminal.out(`#${issue} is in run ${run}.`);
}

/** @throws Refusal when there is no such agent, or it can't be started here */
async function checkAgent(context: Context, name: string): Promise<void> {
  const { config, checkout } = await findProject(context);
  const agent = agentNamed(config, name);
  const problem = agent
    ? await context.services.agentProblem(agent, checkout.path)
    : noSuchAgent(name, config);
  if (problem !== undefined) throw new Refusal(problem);
}

/**
 * The issue's title; undefined when GitHub can't be asked now.
 * @throws Refusal when the issue can't be worked on
 */
async function titleOf(
  { services }: Context,
  repository: RepositoryName,
  number: number,
): Promise<string | undefined> {
  try {
    const issue = await (await services.github()).readIssue(repository, number);
    const problem = unworkable(issue);
    if (problem !== undefined) throw new Refusal(problem);
    return oneLine(issue.title, MAX_TITLE);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if (error instanceof CoppiceError && error.type === 'IssueNotWorkable') throw error;
    return undefined;
  }
}
