import { ok, page } from './answers.ts';
import { addComment, commentsOn, editComment } from './discussion.ts';
import type { Operation } from './operations.ts';
import type { Presenter } from './present.ts';
import { EMULATED_USER, itemOf, type State } from './state.ts';

/** Comments of issues and pull requests over REST, written by the person whose token it is. */
export function commentOperations(state: State, present: Presenter): Operation[] {
  const at = (path: string): string => `/repos/{owner}/{repo}${path}`;
  return [
    {
      method: 'GET',
      path: at('/issues/{issue_number}/comments'),
      handle({ repository, parameters, url }) {
        const { number } = itemOf(repository, Number(parameters.issue_number));
        const comments = commentsOn(repository, number);
        return page(
          comments.map((one) => present.comment(repository, one)),
          parameters,
          url,
        );
      },
    },
    {
      method: 'GET',
      path: at('/issues/comments'),
      handle({ repository, parameters, url }) {
        const { sort, direction = 'asc' } = parameters;
        const comments = [...repository.comments];
        if (sort !== undefined && direction === 'desc') comments.reverse();
        return page(
          comments.map((one) => present.comment(repository, one)),
          parameters,
          url,
        );
      },
    },
    {
      method: 'POST',
      path: at('/issues/{issue_number}/comments'),
      handle({ repository, parameters, body }) {
        const { number } = itemOf(repository, Number(parameters.issue_number));
        const comment = { author: EMULATED_USER, ...(body as { body: string }) };
        return ok(present.comment(repository, addComment(state, repository, number, comment)), 201);
      },
    },
    {
      method: 'PATCH',
      path: at('/issues/comments/{comment_id}'),
      handle({ repository, parameters, body }) {
        const text = (body as { body: string }).body;
        const comment = editComment(repository, Number(parameters.comment_id), text);
        return ok(present.comment(repository, comment));
      },
    },
  ];
}
