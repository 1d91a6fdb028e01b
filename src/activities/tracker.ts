import { existsSync } from 'node:fs';
import { loadConfig } from '../config/load.ts';
import { sessionSettings } from '../config/schema.ts';
import type { Registration } from '../domain/session/session.ts';
import { type AgentSettings, agentNamed, noSuchAgent } from '../domain/settings/agent-settings.ts';
import { CoppiceError } from '../domain/shared/failure.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import type { GitHub } from '../github/port.ts';
import { registerWatch } from '../github/watcher/watches.ts';
import { ignoringDamage } from '../state/files/json-file.ts';
import type { Home } from '../state/home.ts';
import { hostId } from '../state/host.ts';
import { saveIssueText } from '../state/issue-text.ts';
import { saveRegistered } from '../state/registered.ts';
import { findCheckout } from '../state/repositories.ts';
import { readDetail, readOwnership } from '../state/session-store.ts';
import { locationIn } from './location.ts';
import type { TrackerActivities } from './types.ts';

export interface TrackerPorts {
  readonly home: Home;
  /** Why this host can't start an agent, and what to do about it; undefined when it can. */
  missingAgent(settings: AgentSettings): string | undefined;
  /** Called after an issue was registered with the watcher. */
  onWatch(): void;
  readonly github: Pick<
    GitHub,
    'readIssue' | 'readClock' | 'defaultBranch' | 'deleteBranch' | 'registerStack'
  >;
}

export const createTrackerActivities = ({
  home,
  github,
  missingAgent,
  onWatch,
}: TrackerPorts): TrackerActivities => ({
  registerStack: ({ repository, pullRequests }) => github.registerStack(repository, pullRequests),

  deleteBranch: ({ repository, branch, headSha }) =>
    github.deleteBranch(repository, branch, headSha),

  async register({ repository, issue, workflowId, base, agent: name }) {
    const checkout = await findCheckout(home, repository);
    const host = await hostId(home);
    if (checkout === undefined)
      return { lacks: `${host} has no checkout of it any more: run a coppice command in one` };
    const configured = sessionSettings(await loadConfig(checkout));
    const agent = agentNamed(configured, name);
    if (!agent) throw new CoppiceError('InvalidConfig', noSuchAgent(name ?? '', configured));
    const settings = { ...configured, agent, ...(base !== undefined && { base }) };
    const missing = missingAgent(agent);
    if (missing !== undefined) return { lacks: `${host}: ${missing}` };
    const { title, body, state, isPullRequest } = await github.readIssue(repository, issue);
    if (isPullRequest)
      throw new CoppiceError('IssueNotWorkable', `#${issue} is a pull request, not an issue`);
    if (state === 'closed') throw new CoppiceError('IssueNotWorkable', `#${issue} is closed`);
    const targetBranch = settings.base ?? (await github.defaultBranch(repository));
    await saveIssueText(home, repository, issue, { title, body });
    await registerWatch(home, { workflowId, repository, issue, pullRequest: null });
    onWatch();
    const location = locationIn(checkout, host, { repository, issue }, settings);
    const { hooks, checks } = settings;
    await saveRegistered(home, { location, setup: hooks.setup, checks, agent });
    return {
      location,
      settings,
      targetBranch,
      title,
      began: await github.readClock(repository),
      ...(await formerConversation(home, repository, issue)),
    };
  },
});

/**
 * The conversation of an earlier session of the issue, if its worktree still exists. The new session
 * continues it.
 */
async function formerConversation(
  home: Home,
  repository: RepositoryName,
  issue: number,
): Promise<Pick<Registration, 'conversation' | 'conversationAdapter'>> {
  const owned = await ignoringDamage(readOwnership(home, repository, issue));
  const isThere = owned?.ready === true && existsSync(owned.location.worktree);
  const last = isThere ? await ignoringDamage(readDetail(home, repository, issue)) : undefined;
  const detail = last?.detail;
  return {
    conversation: detail?.conversation ?? null,
    conversationAdapter: detail?.terminal?.conversationAdapter ?? '',
  };
}
