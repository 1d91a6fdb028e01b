import { agentNamed, noSuchAgent } from '../../domain/agent-settings.ts';
import type { Context } from '../context.ts';
import { Refusal } from '../errors.ts';
import { amendRun } from '../open-run.ts';
import { findIssue, findProject } from '../where.ts';

/** Adds an issue to a run under way. */
export async function add(
  context: Context,
  reference: string,
  options: { run?: string; agent?: string; after: readonly string[] },
): Promise<void> {
  const { issue } = await findIssue(context, reference);
  const after: number[] = [];
  for (const dependency of options.after) after.push((await findIssue(context, dependency)).issue);
  const { agent } = options;
  if (agent !== undefined) await checkAgent(context, agent);
  const entry = { issue, after, ...(agent !== undefined && { agent }) };
  const run = await amendRun(context, options.run, { do: 'add', entry });
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
