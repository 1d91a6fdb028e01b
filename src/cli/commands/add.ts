import type { LikelyChanges } from '../../domain/run/overlap.ts';
import { MAX_TITLE } from '../../domain/run/plan.ts';
import { agentNamed, noSuchAgent } from '../../domain/settings/agent-settings.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import type { Issue } from '../../domain/shared/issue.ts';
import type { RepositoryName } from '../../domain/shared/repository.ts';
import { oneLine } from '../../domain/shared/text.ts';
import { predict } from '../../planning/draft.ts';
import { likelyChanges } from '../../planning/finish.ts';
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
  const read = await readIssue(context, repository, issue);
  const files = read && (await foreseen(context, repository, read));
  const entry = {
    issue,
    after,
    ...(read && { title: oneLine(read.title, MAX_TITLE) }),
    ...(agent !== undefined && { agent }),
    ...(files && Object.keys(files).length > 0 && { files }),
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
 * The issue; undefined when GitHub can't be asked now.
 * @throws Refusal when the issue can't be worked on
 */
async function readIssue(
  { services }: Context,
  repository: RepositoryName,
  number: number,
): Promise<Issue | undefined> {
  try {
    const issue = await (await services.github()).readIssue(repository, number);
    const problem = unworkable(issue);
    if (problem !== undefined) throw new Refusal(problem);
    return issue;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if (error instanceof CoppiceError && error.type === 'IssueNotWorkable') throw error;
    return undefined;
  }
}

/** The files that it will probably change, to be compared with what sessions change; undefined without a checkout. */
async function foreseen(
  context: Context,
  repository: RepositoryName,
  issue: Issue,
): Promise<LikelyChanges | undefined> {
  if (!context.repo && !(await context.services.checkout(context.cwd))) return undefined;
  try {
    const { config, checkout } = await findProject(context);
    const { remote, base, planning } = config;
    const { commits } = planning.overlap;
    const startingPoint = { repository, checkout: checkout.path, remote, base };
    const codebase = await context.services.codebase({ ...startingPoint, commits });
    const { files } = await predict({ issues: [issue] }, codebase, repository);
    return likelyChanges(files.get(issue.number) ?? []);
  } catch (error) {
    const why = oneLine(error instanceof Error ? error.message : String(error));
    context.terminal.err(`coppice: it is not known what #${issue.number} will change: ${why}`);
    return undefined;
  }
}
