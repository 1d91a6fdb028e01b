import { join } from 'node:path';
import { CONFIG_FILE, type Config } from '../config/schema.ts';
import { CoppiceError } from '../domain/shared/failure.ts';
import { parseIssueReference, parsePullRequestUrl } from '../domain/shared/issue.ts';
import { isSameRepository, type RepositoryName } from '../domain/shared/repository.ts';
import { oneLine } from '../domain/shared/text.ts';
import { expandRanges } from '../planning/read/ranges.ts';
import { notAnIssue } from '../planning/read/references.ts';
import { readBoard } from './connection.ts';
import type { Checkout, Context } from './context.ts';
import { Refusal, UsageError } from './errors.ts';

export interface Project {
  readonly checkout: Checkout;
  readonly config: Config;
  readonly repository: RepositoryName;
}

/**
 * The checkout a command works in, its configuration and its repository. With --repo of another repository than the
 * checkout's own, the checkout that repository was last used in.
 * @throws Refusal, InvalidConfig
 */
export async function findProject(context: Context): Promise<Project> {
  if (!context.repo) return projectAt(context, await findCheckout(context));
  const around = await context.services.checkout(context.cwd);
  const project = around && (await projectAt(context, around, context.repo));
  if (project && isSameRepository(project.repository, context.repo)) return project;
  const path = await context.services.remembered(context.repo);
  const checkout = path === undefined ? undefined : await context.services.checkout(path);
  if (checkout) return projectAt(context, checkout, context.repo);
  throw new Refusal(
    `no checkout of ${context.repo} is known here: go to it, or name it with -C (${context.cwd} is ${project ? project.repository : 'not in a git repository'})`,
  );
}

async function projectAt(
  context: Context,
  checkout: Checkout,
  wanted?: RepositoryName,
): Promise<Project> {
  for (const file of checkout.unread)
    context.terminal.err(
      `coppice: ${file} is ignored: the file that counts is ${join(checkout.path, CONFIG_FILE)}`,
    );
  const config = await context.services.loadConfig(checkout.path);
  const repository =
    config.repository ?? (await repositoryOf(context, checkout, config.remote)) ?? wanted;
  if (!repository) throw noRepository(`${checkout.path} has no remote ${config.remote} on GitHub`);
  return { checkout, config, repository };
}

export async function findCheckout({ services, cwd }: Context): Promise<Checkout> {
  const checkout = await services.checkout(cwd);
  if (!checkout)
    throw new Refusal(`${cwd} is not in a git repository: go to your checkout, or name it with -C`);
  return checkout;
}

export async function repositoryOf(
  { services }: Context,
  checkout: Checkout,
  remote: string,
): Promise<RepositoryName | undefined> {
  const url = await checkout.remoteUrl(remote);
  return url === undefined ? undefined : services.parseRemoteUrl(url);
}

/** The repository a command is about: --repo, or else that of the checkout around. */
export async function findRepository(context: Context): Promise<RepositoryName> {
  if (context.repo) return context.repo;
  if (!(await context.services.checkout(context.cwd)))
    throw noRepository(`${context.cwd} is not in a git repository`);
  try {
    return (await findProject(context)).repository;
  } catch (error) {
    const repository = isInvalidConfig(error) && (await repositoryDespite(context));
    if (!repository) throw error;
    const more = error.details === '' ? '' : ' (coppice doctor lists them)';
    context.terminal.err(`coppice: ${oneLine(error.message)}${more}`);
    return repository;
  }
}

const isInvalidConfig = (error: unknown): error is CoppiceError =>
  error instanceof CoppiceError && error.type === 'InvalidConfig';

/** The repository when coppice.yaml can't be read, because running sessions must be shown and guided all the same. */
async function repositoryDespite(context: Context): Promise<RepositoryName | undefined> {
  const checkout = await findCheckout(context);
  const { repository, remote } = await context.services.namesInConfig(checkout.path);
  return repository ?? (await repositoryOf(context, checkout, remote));
}

/** The issue a person names, itself or by its session's pull request, and its repository: the one it names, if it does. */
export async function findIssue(
  context: Context,
  text: string,
): Promise<{ repository: RepositoryName; issue: number }> {
  const pullRequest = parsePullRequestUrl(text);
  const reference = pullRequest ?? parseIssueReference(text);
  if (!reference) throw new UsageError(notAnIssue(text));
  const { number, repository } = reference;
  if (!repository) return { repository: await findRepository(context), issue: number };
  if (context.repo && !isSameRepository(context.repo, repository))
    throw new UsageError(
      `${text} is not ${pullRequest ? 'a pull request' : 'an issue'} of ${context.repo}`,
    );
  const issue = pullRequest ? await issueOfPullRequest(context, repository, number) : number;
  return { repository, issue };
}

/** The same of several issues, all of one repository. @throws UsageError when they are not */
export async function findIssues(
  context: Context,
  texts: readonly string[],
): Promise<{ repository: RepositoryName; issues: number[] }> {
  const found = [];
  for (const text of expandRanges(texts)) found.push(await findIssue(context, text));
  const repository = found[0]?.repository ?? (await findRepository(context));
  const stranger = found.find((one) => !isSameRepository(one.repository, repository));
  if (stranger)
    throw new UsageError(
      `${stranger.repository}#${stranger.issue} is in another repository: a run works in one, here ${repository}`,
    );
  return { repository, issues: found.map(({ issue }) => issue) };
}

/** The issue whose session opened a pull request. @throws Refusal when none did */
async function issueOfPullRequest(
  context: Context,
  repository: RepositoryName,
  pullRequest: number,
): Promise<number> {
  const { sessions } = await readBoard(context, repository);
  const found = sessions.find(({ record: { pullRequestUrl } }) => {
    const own = pullRequestUrl === null ? undefined : parsePullRequestUrl(pullRequestUrl);
    return own?.number === pullRequest;
  });
  if (found) return found.record.issueNumber;
  throw new Refusal(
    `no session of ${repository} has the pull request #${pullRequest}: give the number of the issue; coppice status lists them`,
  );
}

const noRepository = (why: string): Refusal =>
  new Refusal(
    `no repository: ${why}; go to your checkout, set repository: in coppice.yaml, or give --repo owner/name`,
  );
