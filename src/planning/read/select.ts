import type { RepositoryName } from '../../domain/shared/repository.ts';
import type { IssueFilter, IssueSource, ListedIssue } from '../../github/issues/issue-source.ts';
import { foreignProblems, unworkable } from '../preflight.ts';
import type { References } from './references.ts';

export interface SelectRequest {
  readonly repository: RepositoryName;
  /** The issues named one by one. */
  readonly references: References;
  /** A filter. Issues that match it are selected too. */
  readonly filter: IssueFilter | undefined;
  progress(read: number): void;
}

/** Reads the issues that a person selected, each once, and reports those that can't be worked on. */
export async function selectIssues(
  source: IssueSource,
  { repository, references, filter, progress }: SelectRequest,
): Promise<{ issues: ListedIssue[]; problems: string[] }> {
  const problems = foreignProblems(references, repository);
  const numbers = references.issues.map(({ number }) => number);
  const listed = filter ? await source.list(repository, filter, progress) : [];
  const issues = new Map(listed.map((issue) => [issue.number, issue]));
  const unread = [...new Set(numbers)].filter((number) => !issues.has(number));
  const read = problems.length > 0 ? new Map() : await source.read(repository, unread, progress);
  if (problems.length === 0)
    for (const number of unread) {
      const issue = read.get(number);
      const problem = issue
        ? unworkable(issue)
        : `${repository} has no issue #${number}, or the GitHub token may not see it`;
      if (problem !== undefined) problems.push(problem);
      else issues.set(number, issue);
    }
  return { issues: [...issues.values()], problems };
}
