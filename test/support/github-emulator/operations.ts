import { actionsOperations } from './actions.ts';
import { type Answer, ApiError, ok, page, validationFailed } from './answers.ts';
import type { CiRunner } from './ci.ts';
import { commentOperations } from './comments.ts';
import { branches, git } from './git.ts';
import { issueOperations, newestFirst } from './issues.ts';
import type { MergeMethod } from './merge.ts';
import type { Presenter } from './present.ts';
import {
  createPull,
  followBranches,
  mergePull,
  type NewPullRequest,
  reopenPull,
  requestReviewers,
  retargetPull,
} from './pulls.ts';
import { ruleOperations } from './rules.ts';
import { stackOperations } from './stacks.ts';
import { close, type EmulatedRepository, now, openPulls, pullOf, type State } from './state.ts';

export interface Call {
  readonly repository: EmulatedRepository;
  /** Path and query parameters, checked and coerced by GitHub's description. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Checked by GitHub's description. */
  readonly body: unknown;
  readonly url: string;
}

export interface Operation {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** As GitHub's description names it. */
  readonly path: string;
  handle(call: Call): Answer | Promise<Answer>;
}

/** Every REST operation the emulator knows. */
export function operations(state: State, present: Presenter, ci: CiRunner): Operation[] {
  const at = (path: string): string => `/repos/{owner}/{repo}${path}`;
  return [
    ...issueOperations(state, present),
    ...commentOperations(state, present),
    ...stackOperations(state, present),
    ...ruleOperations(present),
    ...actionsOperations(state, present, ci.rerun),
    {
      method: 'GET',
      path: at(''),
      handle: ({ repository }) => ok(present.repository(repository)),
    },
    {
      method: 'GET',
      path: at('/git/ref/{ref}'),
      async handle({ repository, parameters: { ref } }) {
        const name = `refs/${ref}`;
        const tips = await branches(repository.directory);
        const sha = tips.get(name.replace(/^refs\/heads\//, ''));
        if (!name.startsWith('refs/heads/') || sha === undefined)
          throw new ApiError(404, 'Not Found');
        return ok(present.ref(repository, name, sha));
      },
    },
    {
      method: 'DELETE',
      path: at('/git/refs/{ref}'),
      async handle({ repository, parameters: { ref } }) {
        const tips = await branches(repository.directory);
        const branch = String(ref).replace(/^heads\//, '');
        if (!tips.has(branch))
          throw validationFailed({ code: 'custom', message: 'Reference does not exist' });
        await git(repository.directory, 'update-ref', '-d', `refs/heads/${branch}`);
        await followBranches(repository);
        return { status: 204, body: undefined };
      },
    },
    {
      method: 'GET',
      path: at('/issues/{issue_number}'),
      handle({ repository, parameters }) {
        const number = Number(parameters.issue_number);
        const item = repository.issues.get(number) ?? pullOf(repository, number);
        return ok(present.issue(repository, item));
      },
    },
    {
      method: 'GET',
      path: at('/pulls'),
      handle({ repository, parameters, url }) {
        const { state: wanted = 'open', head, base } = parameters;
        // GitHub ignores a head without an owner.
        const filtered = typeof head === 'string' && head.includes(':');
        const items = [...repository.pulls.values()]
          .filter((pull) => wanted === 'all' || pull.state === wanted)
          .filter((pull) => !filtered || head === `${repository.owner}:${pull.head}`)
          .filter((pull) => base === undefined || pull.base === base)
          .sort(newestFirst)
          .map((pull) => present.pullSummary(repository, pull));
        return page(items, parameters, url);
      },
    },
    {
      method: 'POST',
      path: at('/pulls'),
      async handle({ repository, body }) {
        const pull = await createPull(state, repository, body as NewPullRequest);
        ci.consider(repository);
        return ok(present.pull(repository, pull), 201);
      },
    },
    {
      method: 'GET',
      path: at('/pulls/{pull_number}'),
      handle: ({ repository, parameters }) =>
        ok(present.pull(repository, pullOf(repository, Number(parameters.pull_number)))),
    },
    {
      method: 'PATCH',
      path: at('/pulls/{pull_number}'),
      async handle({ repository, parameters, body }) {
        const pull = pullOf(repository, Number(parameters.pull_number));
        const { base, state: wanted, ...text } = body as PullRequestChange;
        if (base !== undefined) await retargetPull(repository, pull, base);
        Object.assign(pull, text, { updatedAt: now() });
        if (wanted === 'open' && pull.state === 'closed') await reopenPull(repository, pull);
        if (wanted === 'closed' && openPulls(repository).includes(pull)) close(pull);
        return ok(present.pull(repository, pull));
      },
    },
    {
      method: 'POST',
      path: at('/pulls/{pull_number}/requested_reviewers'),
      handle({ repository, parameters, body }) {
        const pull = pullOf(repository, Number(parameters.pull_number));
        const { reviewers = [], team_reviewers = [] } = (body ?? {}) as ReviewersWanted;
        requestReviewers(repository, pull, [...reviewers, ...team_reviewers]);
        return ok(present.pullSummary(repository, pull), 201);
      },
    },
    {
      method: 'GET',
      path: at('/collaborators/{username}/permission'),
      handle({ repository, parameters }) {
        const login = String(parameters.username);
        const level = repository.permissions.get(login) ?? 'none';
        return ok(present.permission(login, level));
      },
    },
    {
      method: 'PUT',
      path: at('/pulls/{pull_number}/merge'),
      async handle({ repository, parameters, body }) {
        const pull = pullOf(repository, Number(parameters.pull_number));
        const { merge_method = 'merge', sha } = (body ?? {}) as MergeRequest;
        if (sha !== undefined && sha !== pull.headSha)
          throw new ApiError(409, 'Head branch was modified. Review and try the merge again.');
        await mergePull(repository, pull, merge_method);
        const message = 'Pull Request successfully merged';
        return ok({ sha: pull.mergeCommit, merged: true, message });
      },
    },
  ];
}

interface PullRequestChange {
  readonly title?: string;
  readonly body?: string;
  readonly base?: string;
  readonly state?: 'open' | 'closed';
}

interface ReviewersWanted {
  readonly reviewers?: readonly string[];
  readonly team_reviewers?: readonly string[];
}

interface MergeRequest {
  readonly merge_method?: MergeMethod;
  readonly sha?: string;
}
