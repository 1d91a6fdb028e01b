import { pullRequestBody } from '../domain/pull-request/body.ts';
import { CoppiceError } from '../domain/shared/failure.ts';
import { pushBranch } from '../git/remote/push.ts';
import type { GitTokenSource } from '../git/remote/remote.ts';
import { inspectWork } from '../git/worktree/work.ts';
import type { GitHub } from '../github/port.ts';
import { registerWatch, unregisterWatch } from '../github/watcher/registrations.ts';
import type { Home } from '../state/home.ts';
import type { PullRequestActivities } from './types.ts';

export interface PullRequestPorts {
  readonly home: Home;
  readonly github: Pick<
    GitHub,
    'ensurePullRequest' | 'retarget' | 'describe' | 'readPullRequest' | 'lostItsBase'
  >;
  readonly tokens: GitTokenSource;
  /** Called after a pull request was registered to be watched. */
  onWatch(): void;
}

export const createPullRequestActivities = ({
  home,
  github,
  tokens,
  onWatch,
}: PullRequestPorts): PullRequestActivities => ({
  async publish({ place, base, workflowId, title, parts, draft }) {
    const { commits } = await inspectWork(place, base);
    if (commits === 0)
      throw new CoppiceError(
        'NothingToPublish',
        `${place.branch} has no commit beyond ${base.branch}: there is nothing to review`,
      );
    await pushBranch(place, tokens);
    return github.ensurePullRequest(place.repository, {
      head: place.branch,
      base: base.branch,
      title,
      body: pullRequestBody(place.issue, parts),
      marker: workflowId,
      draft,
    });
  },

  describe: ({ place, pullRequest, parts }) =>
    github.describe(place.repository, pullRequest, pullRequestBody(place.issue, parts)),

  readPullRequest: ({ place, pullRequest }) =>
    github.readPullRequest(place.repository, pullRequest),

  lostItsBase: ({ place, pullRequest }) => github.lostItsBase(place.repository, pullRequest),

  retarget: ({ place, pullRequest, base }) => github.retarget(place.repository, pullRequest, base),

  async watch({ place: { repository, issue }, workflowId, pullRequest }) {
    await registerWatch(home, { workflowId, repository, issue, pullRequest });
    onWatch();
  },

  unwatch: ({ place: { repository, issue } }) => unregisterWatch(home, { repository, issue }),
});
