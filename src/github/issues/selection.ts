import type { Octokit } from '@octokit/rest';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { type RepositoryName, splitRepository } from '../../domain/shared/repository.ts';
import { oneLine } from '../../domain/shared/text.ts';
import type { IssueFilter } from './issue-source.ts';

/**
 * A filter in GitHub's search syntax, limited to open issues of the repository. The person's own search text
 * comes last.
 */
export function searchQuery(
  repository: RepositoryName,
  { search = '', labels, milestone, assignee }: IssueFilter,
): string {
  const quoted = (text: string) => `"${text.replaceAll('"', '')}"`;
  return [
    ...[`repo:${repository}`, 'is:issue', 'is:open'],
    ...labels.map((label) => `label:${quoted(label)}`),
    ...(milestone === undefined ? [] : [`milestone:${quoted(milestone)}`]),
    ...(assignee === undefined ? [] : [`assignee:${assignee}`]),
    search,
  ].join(' ');
}

/**
 * The number of a milestone, as text, which GitHub needs to filter issues.
 * @throws InvalidInput, naming the milestones that exist
 */
export async function milestoneNumber(
  octokit: Octokit,
  repository: RepositoryName,
  title: string,
): Promise<string> {
  const milestones = await octokit.paginate(octokit.rest.issues.listMilestones, {
    ...{ ...splitRepository(repository), state: 'all' as const, per_page: 100 },
  });
  const found = milestones.find((one) => one.title.toLowerCase() === title.toLowerCase());
  if (found) return String(found.number);
  const names = milestones.map((one) => oneLine(one.title, 60)).join(', ');
  throw new CoppiceError(
    'InvalidInput',
    `${repository} has no milestone “${oneLine(title, 60)}”${names && `; it has ${names}`}`,
  );
}
