import { Context } from '@temporalio/activity';
import { accountOf } from '../../agents/account.ts';
import { ADAPTERS } from '../../agents/adapters/index.ts';
import { renderPrompt } from '../../agents/prompt/prompt.ts';
import { readTemplates } from '../../agents/prompt/templates.ts';
import { agentNeeds } from '../../agents/sandbox/agents.ts';
import type { Confine } from '../../agents/sandbox/confine.ts';
import type { AgentNeeds } from '../../agents/sandbox/needs.ts';
import { attemptsOf } from '../../agents/turn/attempt.ts';
import { agentEnvironment, type Environment, redactor } from '../../agents/turn/environment.ts';
import type { TurnEnding, TurnProgress } from '../../agents/turn/ports.ts';
import { stopTurn } from '../../agents/turn/stop-turn.ts';
import { driveTurn, takeWorktree } from '../../agents/turn/turn.ts';
import { MOST, shorten } from '../../domain/session/bounds.ts';
import type { Base, SessionLocation } from '../../domain/session/session.ts';
import { shortOutcome, type TurnResult, type Work } from '../../domain/session/turn.ts';
import type { RepositoryName } from '../../domain/shared/repository.ts';
import { stopInterrupted } from '../../git/command/interrupted.ts';
import { createPrivateGit } from '../../git/private/directory.ts';
import { syncBranch, syncBranchIfThere } from '../../git/private/sync-branch.ts';
import { closeBaseline } from '../../git/worktree/baseline.ts';
import { checkOutOwnBranch } from '../../git/worktree/own-branch.ts';
import type { Home } from '../../state/home.ts';
import { type IssueText, readIssueText, saveIssueText } from '../../state/issue-text.ts';
import { portRange, portVariables } from '../../state/port-ranges.ts';
import { ownershipOf } from '../../state/session-store.ts';
import { askOnFullDisk, unlessDiskFull } from '../failures/disk.ts';
import { guardRefs, notedTips, noteRefs } from '../worktree/ref-guard.ts';
import { checkBranch, checkProgram, checkWorktree } from './checks.ts';
import { detachedFailure, detachSignal } from './detach-signal.ts';
import { reportProgress } from './progress.ts';
import type { AgentActivities, TurnInput, TurnStopActivities } from './turn-types.ts';
import { usageGate } from './usage-gate.ts';

export interface AgentPorts {
  readonly home: Home;
  /** The worker's environment, from which agents get the variables that they may see. */
  readonly env: NodeJS.ProcessEnv;
  /**
   * Prepares the sandbox of the session's agent; undefined when it runs without one.
   * @throws AgentUnavailable
   */
  sandbox(location: SessionLocation, needs: AgentNeeds): Promise<Confine | undefined>;
  readIssue(repository: RepositoryName, issue: number): Promise<IssueText>;
  /** The work in a worktree since its base. */
  inspectWork(location: SessionLocation, base: Base): Promise<Work>;
  /** How long an agent may take to exit by itself when it is stopped, in milliseconds; 8,000 by default. */
  readonly grace?: number;
}

/** So an agent that ignores SIGTERM is gone within ten seconds. */
const GRACE = 8_000;

export const createAgentActivities = (ports: AgentPorts): AgentActivities => ({
  async runTurn(input) {
    const { location, base } = input;
    const measure = async () => (await ports.inspectWork(location, base)).diff;
    const progress = reportProgress(location.worktree, measure);
    try {
      return await prepareAndDriveTurn(input, ports, progress.tell);
    } catch (error) {
      throw detachedFailure(error);
    } finally {
      progress.end();
    }
  },
});

export const createTurnStopActivities = (ports: AgentPorts): TurnStopActivities => ({
  async stopTurn(input) {
    const { adapter, env, gate } = await agentOf(input, ports);
    const ending = await stopTurn(
      { ...input, ...namesOf(input) },
      { turns: ports.home.turns, adapter, env, grace: ports.grace ?? GRACE },
    );
    return confirmed(input, ending, discreet(ports, env), gate);
  },
});

/** The adapter of a turn's agent, its whole environment, and its usage gate. */
async function agentOf({ agent, location }: TurnInput, { home, env }: AgentPorts) {
  const adapter = ADAPTERS[agent.adapter];
  const seen = {
    ...agentEnvironment(env, adapter, agent, location.remote),
    ...portVariables(await portRange(home, location)),
  };
  return { adapter, env: seen, gate: usageGate(home, accountOf(adapter, agent, seen)) };
}

/** Names of files and branches are an agent's words too: a secret in one stays here. */
function discreet(ports: AgentPorts, env: Environment): AgentPorts {
  const redact = redactor(env);
  return {
    ...ports,
    async inspectWork(location, base) {
      const work = await ports.inspectWork(location, base);
      const { branch, changed } = work;
      return {
        ...work,
        branch: branch && redact(branch),
        ...(changed && { changed: changed.map(redact) }),
      };
    },
  };
}

const namesOf = ({ turnId, location: { worktree, checkout }, agent }: TurnInput) => ({
  ...{ id: turnId, worktree, checkout, settings: agent },
});

/**
 * The issue as it was at registration, or when it was last read again. If this host has no text of it, it is
 * read from GitHub.
 */
async function issueText(
  { location: { repository, issue }, rereadIssue }: TurnInput,
  { home, readIssue }: AgentPorts,
): Promise<IssueText> {
  const known = rereadIssue ? undefined : await readIssueText(home, repository, issue);
  if (known) return known;
  const text = await readIssue(repository, issue);
  await saveIssueText(home, repository, issue, text);
  return text;
}

async function prepareAndDriveTurn(
  input: TurnInput,
  given: AgentPorts,
  onProgress: (progress: TurnProgress) => void,
): Promise<TurnResult> {
  const { turnId, kind, location, base, agent, context, guidance } = input;
  const { turns } = given.home;
  const { adapter, env, gate } = await agentOf(input, given);
  const ports = discreet(given, env);
  const prompt = async (again: boolean): Promise<string> => {
    const templates = await readTemplates(location.checkout);
    const issue = await issueText(input, ports);
    const instructions = [templates.instructions.trim(), agent.prompt].filter(Boolean).join('\n\n');
    return renderPrompt(
      { ...templates, instructions },
      {
        kind,
        location,
        base: base.branch,
        issue,
        context,
        guidance,
        again: again || input.again === true,
        reports: adapter.reports,
      },
    );
  };

  const sandbox = () => ports.sandbox(location, agentNeeds(agent, env));

  let found = await checkWorktree(input);
  await ownershipOf(ports.home, location, base);
  const signal = detachSignal(Context.current().cancellationSignal);
  const grace = ports.grace ?? GRACE;
  if (attemptsOf(turns, turnId).length === 0) {
    await takeWorktree(namesOf(input), { turns, grace, signal, onProgress });
    await stopInterrupted(location.worktree);
    await createPrivateGit(location);
    found = await syncBranch(location);
    const work = await ports.inspectWork(location, base);
    // The wrong branch is an error only before a turn in which the agent is not told about it.
    if (!isTold(input)) checkBranch(input, work);
    checkProgram(input, adapter, env);
    const outcome = input.ignoreUsageLimit ? undefined : await gate.refusal();
    if (outcome)
      return {
        ...{ outcome, begun: input.resume, responded: false },
        ...{ denials: [], attempts: 0, durationMs: 0, work },
      };
    await closeBaseline(location);
    await noteRefs(ports.home, location, turnId);
  }
  const ending = await driveTurn(
    { ...input, ...namesOf(input), git: { common: found.common, own: found.own } },
    { turns, adapter, env, sandbox, prompt, onProgress, signal, grace },
  );
  return confirmed(input, ending, ports, gate);
}

/** Whether it is a turn in which the agent is told what is wrong with its work. */
const isTold = ({ kind }: TurnInput): boolean => kind === 'nudge' || kind === 'guidance';

/** The result of a turn, with what git reports about the work. */
async function confirmed(
  input: TurnInput,
  ending: TurnEnding,
  { home, inspectWork }: AgentPorts,
  gate: ReturnType<typeof usageGate>,
): Promise<TurnResult> {
  const { location, base, turnId } = input;
  const began = Date.parse(attemptsOf(home.turns, turnId)[0]?.start.startedAt ?? '');
  const noted = await gate.noteOutcome(ending.outcome, began);
  const guarded = await guardRefs(home, location, turnId, noted);
  // Whatever became of the worktree: what was committed is on its branch.
  await unlessDiskFull(location.worktree, () => syncBranchIfThere(location));
  const found = await checkWorktree(input);
  await checkOutOwnBranch(location, found, await notedTips(home, turnId));
  await unlessDiskFull(location.worktree, () => syncBranch(location));
  const outcome = await askOnFullDisk(guarded, location.worktree);
  const denials = ending.denials.slice(0, MOST.denials).map((one) => shorten(one, MOST.excerpt));
  return {
    ...{ ...ending, denials },
    ...{ outcome: shortOutcome(outcome), work: await inspectWork(location, base) },
  };
}
