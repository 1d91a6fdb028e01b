import { Context } from '@temporalio/activity';
import { missingAgent } from '../agents/inventory.ts';
import { patchId } from '../git/rebase/patch-id.ts';
import { branchTip } from '../git/refs/branch.ts';
import type { GitTokenSource } from '../git/remote/remote.ts';
import { inspectWork } from '../git/worktree/work.ts';
import type { GitHub } from '../github/port.ts';
import type { Outbox } from '../notify/outbox.ts';
import { secretValues } from '../secrets/values.ts';
import type { Home } from '../state/home.ts';
import { type AgentPorts, createAgentActivities, createTurnStopActivities } from './agent/agent.ts';
import { createAttachmentActivities } from './attachment.ts';
import { writingStatus } from './carried-status.ts';
import { asFailures } from './failures/failures.ts';
import { createFeedbackActivities } from './feedback.ts';
import { heartbeating } from './heartbeat.ts';
import { createNotificationActivities } from './notification.ts';
import { notifyingOfMerges } from './notify-of-merge.ts';
import { createPullRequestActivities } from './pull-request.ts';
import { refusingUnregistered } from './refuse-unregistered.ts';
import { createSafeText } from './safe-text.ts';
import { prepareSessionSandbox } from './sandbox.ts';
import { createSessionActivities, type SessionPorts } from './sessions.ts';
import { createTrackerActivities } from './tracker.ts';
import type { Activities } from './types.ts';
import { createWorktreeActivities } from './worktree/worktree.ts';

/** What the activities need from their surroundings. */
export interface Ports extends SessionPorts {
  readonly home: Home;
  readonly env: NodeJS.ProcessEnv;
  readonly github: GitHub;
  readonly tokens: GitTokenSource;
  readonly outbox: Pick<Outbox, 'tell'>;
  readonly log: (line: string) => void;
  /** Called after an issue or pull request was registered with the watcher. */
  onWatch(): void;
}

export function createActivities(ports: Ports): Activities {
  const agents: AgentPorts = {
    home: ports.home,
    env: ports.env,
    readIssue: (repository, issue) => ports.github.readIssue(repository, issue),
    inspectWork,
    sandbox: (location, needs) => prepareSessionSandbox(ports, location, needs),
  };
  const words = createSafeText(secretValues(ports.env));
  const worktree = notifyingOfMerges(createWorktreeActivities(ports), ports);
  const activities = {
    ...heartbeating({
      ...createTrackerActivities({
        ...ports,
        missingAgent: (settings) => missingAgent(settings, ports.env),
      }),
      ...worktree,
      ...createPullRequestActivities({ ...ports, words }),
      ...createFeedbackActivities({ github: ports.github, words, branchTip, patchId }),
      ...createNotificationActivities({ ...ports, scheduled }),
      ...createSessionActivities(ports),
      ...createTurnStopActivities(agents),
      ...createAttachmentActivities({ inspectWork }),
    }),
    // `runTurn` sends heartbeats of its own, with the agent's progress.
    ...createAgentActivities(agents),
  };
  return asFailures(
    refusingUnregistered(writingStatus(activities, worktree.recordStatus), ports.home),
  );
}

/** What tells this activity from every other one, however often it is tried. */
function scheduled(): string {
  const { workflowExecution, activityId } = Context.current().info;
  return `${workflowExecution?.workflowId} ${workflowExecution?.runId} ${activityId}`;
}
