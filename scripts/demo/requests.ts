import type { Environment } from '../../test/support/environment.ts';
import { pullOf } from './github.ts';

/** The reviewer's login on GitHub. */
export const REVIEWER = 'robin';

/** Whose pull request gets requests. */
export const REVIEWED = 123;

/** Who says what about it: a bot that reviews code, and the reviewer. Each begins a thread. */
const REQUESTS = [
  {
    author: 'coderabbitai[bot]',
    state: 'COMMENTED',
    body: 'Some programs take a file for UTF-8 only when it begins with a byte order mark.',
  },
  { author: REVIEWER, state: 'CHANGES_REQUESTED', body: 'Say what is exported: “Export as CSV”.' },
] as const;

/** What was asked on the pull request: ids of its threads, in the order of who asked. */
export type Asked = readonly number[];

export function ask(environment: Environment): Asked {
  const { emulator, repository } = environment;
  const { number } = pullOf(environment, REVIEWED);
  return REQUESTS.flatMap(({ author, state, body }) => {
    const comments = [{ path: 'src/components/ExportButton.js', line: 13, body }];
    return emulator.review(repository, number, { author, state, comments }).threads;
  });
}

/** The answers each request got, in the order of who asked. */
export const answersTo = ({ emulator, repository }: Environment, asked: Asked) =>
  emulator
    .threads(repository)
    .filter(({ id }) => asked.includes(id))
    .map(({ comments, isResolved }) => ({ isResolved, answers: comments.slice(1) }));
