import type { IssueSource, ListedIssue } from '../../src/github/issues/issue-source.ts';

/** An issue as GitHub lists it: open, nobody's, without relations. */
export const listed = (
  issue: Pick<ListedIssue, 'number' | 'title' | 'body'> & {
    readonly labels: readonly string[];
  } & Partial<Omit<ListedIssue, 'labels'>>,
): ListedIssue => ({
  ...{ url: '', state: 'open', isPullRequest: false, assignees: [] },
  ...{ mayHave: { blockers: false, subIssues: false } },
  ...issue,
  labels: [...issue.labels],
});

/** A repository with no other issues than these, and no relations. */
export const sourceOf = (others: readonly ListedIssue[] = []): IssueSource =>
  ({
    list: async () => [],
    read: async (_repository: unknown, numbers: readonly number[]) =>
      new Map(
        others
          .filter(({ number }) => numbers.includes(number))
          .map((issue) => [issue.number, issue]),
      ),
    blockedBy: async () => [],
    subIssues: async () => [],
    closing: async () => new Map(),
    me: async () => 'person',
  }) as IssueSource;
