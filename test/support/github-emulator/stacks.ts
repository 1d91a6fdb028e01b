import { type Answer, ApiError, ok, page, validationFailed } from './answers.ts';
import type { Call, Operation } from './operations.ts';
import type { Presenter } from './present.ts';
import { type EmulatedRepository, now, pullOf, type State } from './state.ts';

/** A stack of pull requests, from the bottom. */
export interface EmulatedStack {
  readonly id: number;
  readonly number: number;
  readonly createdAt: string;
  readonly pulls: number[];
}

/** GitHub's own stacks, where a repository has them; elsewhere they are not found. */
export function stackOperations(state: State, present: Presenter): Operation[] {
  const path = '/repos/{owner}/{repo}/stacks';

  const stacksOf = ({ repository }: Call): EmulatedStack[] => {
    if (!repository.stacks) throw new ApiError(404, 'Not Found');
    return repository.stacks;
  };

  const shown = (
    repository: EmulatedRepository,
    { id, number, createdAt, pulls }: EmulatedStack,
  ) => {
    const items = pulls.map((one) => present.pullSummary(repository, pullOf(repository, one)));
    return {
      ...{ id, number, node_id: `ST_${id}`, url: `https://api.github.test/stacks/${number}` },
      ...{ base: { ref: items[0]?.base.ref ?? repository.defaultBranch }, created_at: createdAt },
      ...{ open: items.some((item) => item.state === 'open'), pull_requests: items },
    };
  };

  /** @throws ApiError 422 unless each stands on the one before, and none is in a stack */
  function check({ repository }: Call, row: readonly number[], added: readonly number[]): void {
    const pulls = row.map((number) => pullOf(repository, number));
    const isRow = pulls.every((pull, index) => {
      const below = pulls[index - 1];
      return !below || pull.base === below.head;
    });
    const taken = repository.stacks?.some(({ pulls: them }) => them.some((n) => added.includes(n)));
    if (!isRow || taken) throw validationFailed({ code: 'custom', message: 'not a stack' });
  }

  const asked = ({ body }: Call) => (body as { pull_requests: number[] }).pull_requests;

  return [
    {
      method: 'GET',
      path,
      handle(call): Answer {
        const { pull_request: wanted } = call.parameters;
        const found = stacksOf(call).filter(
          ({ pulls }) => wanted === undefined || pulls.includes(Number(wanted)),
        );
        const items = found.map((stack) => shown(call.repository, stack));
        return page(items, call.parameters, call.url);
      },
    },
    {
      method: 'POST',
      path,
      handle(call): Answer {
        const stacks = stacksOf(call);
        check(call, asked(call), asked(call));
        const id = state.nextId();
        const stack = { id, number: stacks.length + 1, createdAt: now(), pulls: [...asked(call)] };
        stacks.push(stack);
        return ok(shown(call.repository, stack), 201);
      },
    },
    {
      method: 'POST',
      path: `${path}/{stack_number}/add`,
      handle(call): Answer {
        const { stack_number: number } = call.parameters;
        const stack = stacksOf(call).find((one) => one.number === Number(number));
        if (!stack) throw new ApiError(404, 'Not Found');
        check(call, [...stack.pulls.slice(-1), ...asked(call)], asked(call));
        stack.pulls.push(...asked(call));
        return ok(shown(call.repository, stack));
      },
    },
  ];
}
