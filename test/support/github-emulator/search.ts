import { type Answer, ApiError, page } from './answers.ts';
import type { Presenter } from './present.ts';
import type { EmulatedIssue, State } from './state.ts';

const TERM = /(?:([a-z-]+):)?(?:"([^"]*)"|(\S+))/gi;

/** GitHub's issue search, as far as tests use it: qualifiers that must all hold, and words of title or body. */
export function searchIssues(
  state: State,
  present: Presenter,
  parameters: Readonly<Record<string, unknown>>,
  url: string,
): Answer {
  const terms = [...String(parameters.q).matchAll(TERM)].map(([, qualifier, quoted, bare]) => ({
    qualifier,
    value: (quoted ?? bare ?? '').toLowerCase(),
  }));
  const home = terms.find(({ qualifier }) => qualifier === 'repo')?.value;
  if (home === undefined) throw new ApiError(422, 'Validation Failed');
  const repository = state.repository(home);
  const items = [...repository.issues.values()]
    .filter((issue) => terms.every(({ qualifier, value }) => fits(issue, qualifier, value)))
    .sort((a, b) => b.number - a.number)
    .map((issue) => ({ ...present.issue(repository, issue), score: 1 }));
  const answer = page(items, parameters, url);
  return {
    ...answer,
    body: {
      ...{ total_count: items.length, incomplete_results: false, search_type: 'lexical' },
      items: answer.body,
    },
  };
}

function fits(issue: EmulatedIssue, qualifier: string | undefined, value: string): boolean {
  const has = (names: readonly string[]) => names.some((name) => name.toLowerCase() === value);
  switch (qualifier) {
    case 'repo':
      return true;
    case 'is':
      return value === 'issue' || value === issue.state;
    case 'label':
      return has(issue.labels);
    case 'assignee':
      return has(issue.assignees);
    case 'milestone':
      return has([issue.milestone ?? '']);
    case undefined:
      return `${issue.title} ${issue.body ?? ''}`.toLowerCase().includes(value);
    default:
      throw new ApiError(422, `the emulator's search knows no ${qualifier}:`);
  }
}
