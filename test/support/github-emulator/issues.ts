import { type Answer, ApiError, page } from './answers.ts';
import type { Call, Operation } from './operations.ts';
import type { Presenter } from './present.ts';
import { searchIssues } from './search.ts';
import {
  type EmulatedIssue,
  type EmulatedRepository,
  type IssueAddress,
  milestones,
  type State,
} from './state.ts';

export const newestFirst = (a: { number: number }, b: { number: number }) => b.number - a.number;

/** Reading issues: lists, search, milestones, and GitHub's own relations between them. */
export function issueOperations(state: State, present: Presenter): Operation[] {
  const at = (path: string): string => `/repos/{owner}/{repo}${path}`;

  function related(
    { repository, parameters, url }: Call,
    addresses: (issue: EmulatedIssue) => readonly IssueAddress[],
  ): Answer {
    const issue = repository.issues.get(Number(parameters.issue_number));
    if (!issue) throw new ApiError(404, 'Not Found');
    const items = addresses(issue).map((address) => {
      const [home, number] = locate(state, repository, address);
      const other = home.issues.get(number);
      if (!other) throw new Error(`the emulator has no issue ${address}`);
      return present.issue(home, other);
    });
    return page(items, parameters, url);
  }

  return [
    {
      method: 'GET',
      path: at('/issues'),
      handle({ repository, parameters, url }) {
        const { state: wanted = 'open', labels, milestone, assignee } = parameters;
        const names = typeof labels === 'string' ? labels.toLowerCase().split(',') : [];
        const filtered = [names.length > 0, milestone, assignee].some(Boolean);
        const issues = [...repository.issues.values()].filter(
          (issue) =>
            names.every((name) => issue.labels.some((label) => label.toLowerCase() === name)) &&
            (milestone === undefined ||
              milestones(repository).indexOf(issue.milestone ?? '') + 1 === Number(milestone)) &&
            (typeof assignee !== 'string' || issue.assignees.includes(assignee)),
        );
        // Pull requests are issues, but the emulator's have neither labels nor assignees.
        const items = [...issues, ...(filtered ? [] : repository.pulls.values())]
          .filter((item) => wanted === 'all' || item.state === wanted)
          .sort(newestFirst)
          .map((item) => present.issue(repository, item));
        return page(items, parameters, url);
      },
    },
    {
      method: 'GET',
      path: at('/milestones'),
      handle: ({ repository, parameters, url }) =>
        page(
          milestones(repository).map((title) => present.milestone(repository, title)),
          parameters,
          url,
        ),
    },
    {
      method: 'GET',
      path: at('/issues/{issue_number}/dependencies/blocked_by'),
      handle: (call) => related(call, ({ blockedBy }) => blockedBy),
    },
    {
      method: 'GET',
      path: at('/issues/{issue_number}/sub_issues'),
      handle: (call) => related(call, ({ subIssues }) => subIssues),
    },
    {
      method: 'GET',
      path: '/search/issues',
      handle: ({ parameters, url }) => searchIssues(state, present, parameters, url),
    },
    {
      method: 'GET',
      path: '/user',
      handle: () => ({ status: 200, body: present.me() }),
    },
  ];
}

function locate(
  state: State,
  repository: EmulatedRepository,
  address: IssueAddress,
): [home: EmulatedRepository, number: number] {
  if (typeof address === 'number') return [repository, address];
  const [name = '', number] = address.split('#');
  return [state.repository(name), Number(number)];
}
