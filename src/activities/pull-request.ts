import { pullRequestBody } from '../domain/pull-request/body.ts';
import { cautionsFor } from '../domain/pull-request/cautions.ts';
import type { Base, SessionLocation } from '../domain/session/session.ts';
import { CoppiceError, TransientError } from '../domain/shared/failure.ts';
import { branchTip } from '../git/refs/branch.ts';
import { changedNames, commitTexts } from '../git/remote/added-lines.ts';
import { pushBranch } from '../git/remote/push.ts';
import type { GitTokenSource } from '../git/remote/remote.ts';
import { inspectWork } from '../git/worktree/work.ts';
import type { GitHub } from '../github/port.ts';
import { registerWatch, unregisterWatch } from '../github/watcher/watches.ts';
import { inertTitle } from '../markdown/inert.ts';
import type { Home } from '../state/home.ts';
import type { SafeText } from './safe-text.ts';
import type { PullRequestActivities } from './types.ts';

export interface PullRequestPorts {
  readonly home: Home;
  readonly github: Pick<
    GitHub,
    'ensurePullRequest' | 'retarget' | 'describe' | 'readPullRequest' | 'lostItsBase'
  >;
  readonly tokens: GitTokenSource;
  readonly words: SafeText;
  /** Called after a pull request was registered with the watcher. */
  onWatch(): void;
}

/**
 * Runs a step that may fail. A refusal by GitHub is only logged. A network failure is thrown, so that the
 * activity is retried.
 */
async function bestEffort(step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (error instanceof TransientError) throw error;
    console.error(`coppice: the text of a pull request can't be updated: ${error}`);
  }
}

/** What a person should know of the session's commits before they merge them. */
async function readCautions(location: SessionLocation, base: Base): Promise<string[]> {
  const to = await branchTip(location);
  const said = await commitTexts(location, base.tip, to);
  return cautionsFor(
    location,
    await changedNames(location, base.tip, to),
    said.map(({ text }) => text),
  );
}

export const createPullRequestActivities = ({
  home,
  github,
  tokens,
  words,
  onWatch,
}: PullRequestPorts): PullRequestActivities => ({
  async publish({ location, base, workflowId, title, parts, draft, watched }) {
    const { commits } = await inspectWork(location, base);
    if (commits === 0)
      throw new CoppiceError(
        'NothingToPublish',
        `${location.branch} has no commit beyond ${base.branch}: there is nothing to review`,
      );
    await pushBranch(location, tokens);
    const cautions = await readCautions(location, base);
    const inert = await words.parts({ ...parts, cautions });
    const body = pullRequestBody(location.issue, inert);
    const pullRequest = await github.ensurePullRequest(location.repository, {
      head: location.branch,
      base: base.branch,
      title: inertTitle(title),
      body,
      marker: workflowId,
      draft,
    });
    // An existing pull request may have an older text.
    await bestEffort(() => github.describe(location.repository, pullRequest.number, body));
    if (pullRequest.number !== watched) {
      const { repository, issue } = location;
      await registerWatch(home, { workflowId, repository, issue, pullRequest: pullRequest.number });
      onWatch();
    }
    return { ...pullRequest, cautions };
  },

  async describe({ location, pullRequest, parts }) {
    const body = pullRequestBody(location.issue, await words.parts(parts));
    await github.describe(location.repository, pullRequest, body);
  },

  readPullRequest: ({ location, pullRequest }) =>
    github.readPullRequest(location.repository, pullRequest),

  lostItsBase: ({ location, pullRequest }) => github.lostItsBase(location.repository, pullRequest),

  retarget: ({ location, pullRequest, base }) =>
    github.retarget(location.repository, pullRequest, base),

  async watch({ location: { repository, issue }, workflowId, pullRequest }) {
    await registerWatch(home, { workflowId, repository, issue, pullRequest });
    onWatch();
  },

  unwatch: ({ location: { repository, issue } }) => unregisterWatch(home, { repository, issue }),
});
