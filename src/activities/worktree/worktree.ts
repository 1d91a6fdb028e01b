import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { loadConfig } from '../../config/load.ts';
import type { Base, SessionDetail, SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { sessionWorkflowId } from '../../domain/shared/identity.ts';
import { syncBranchIfThere } from '../../git/private/sync-branch.ts';
import { integrateRemoteCommits } from '../../git/rebase/remote-commits.ts';
import { finishResolvedRebase, restack } from '../../git/rebase/restack.ts';
import { pushedRef, tipOf } from '../../git/refs/refs.ts';
import type { GitTokenSource } from '../../git/remote/remote.ts';
import { runSetupCommands } from '../../git/worktree/baseline.ts';
import { removeWorktree } from '../../git/worktree/remove.ts';
import { unregisterWatch } from '../../github/watcher/watches.ts';
import { heldSecrets } from '../../secrets/values.ts';
import { ignoringDamage, readJson, writeJson } from '../../state/files/json-file.ts';
import { type Home, sessionDirectory } from '../../state/home.ts';
import { saveLeftBranch } from '../../state/left-branch.ts';
import { freePorts } from '../../state/port-ranges.ts';
import {
  detailFile,
  forgetOwnership,
  keptDirectory,
  ownershipOf,
  readDetail,
  readOwnership,
  saveDetail,
  saveOwnership,
} from '../../state/session-store.ts';
import { prepareSessionSandbox } from '../sandbox.ts';
import { commandEnvironment } from './command-environment.ts';
import { runCommands } from './commands.ts';
import { createWorktree } from './create-worktree.ts';
import { LateRecords } from './late-records.ts';
import { otherBranchProblems } from './other-work.ts';
import { outgoingProblems } from './outgoing.ts';
import { runSetup } from './setup.ts';
import { hashInputs, SetupDone } from './setup-inputs.ts';
import { spentByOthers } from './spending.ts';
import { writeStatusFile } from './status-file.ts';
import { tearDown } from './teardown.ts';
import type { WorktreeActivities } from './worktree-types.ts';

export interface WorktreePorts {
  readonly home: Home;
  /** The worker's environment. It has the person's home, and the PATH with the sandbox's own programs. */
  readonly env: NodeJS.ProcessEnv;
  readonly tokens: GitTokenSource;
}

async function saveBase(home: Home, location: SessionLocation, base: Base): Promise<void> {
  const owned = await ownershipOf(home, location, base);
  if (owned) await saveOwnership(home, { ...owned, base });
}

const cancellation = (): AbortSignal => Context.current().cancellationSignal;

const records = new LateRecords();

/** The environment, log file and sandbox for the person's commands. */
async function surroundings(
  ports: WorktreePorts,
  location: SessionLocation,
  name: 'setup' | 'checks',
) {
  const directory = sessionDirectory(ports.home, location.repository, location.issue);
  const confine = await prepareSessionSandbox(ports, location);
  return {
    environment: commandEnvironment(ports.env, await loadConfig(location.checkout)),
    home: ports.home,
    log: join(directory, `${name}.log`),
    signal: cancellation(),
    sandbox: confine && { confine, own: join(directory, `${name}-sandbox`) },
  };
}

/** Runs the person's checks. Returns the first one that failed; undefined when all succeeded. */
async function failedCheck(
  ports: WorktreePorts,
  location: SessionLocation,
  checks: readonly string[],
  timeout: number,
): Promise<{ problem: string; tail: string } | undefined> {
  if (checks.length === 0) return undefined;
  const around = await surroundings(ports, location, 'checks');
  const failed = await runCommands({ location, commands: checks, timeout, ...around });
  return failed && { ...failed, problem: `the check \`${failed.command}\` ${failed.problem}` };
}

/**
 * Runs the person's checks on a resolved conflict.
 * @throws NotResolved when one fails
 */
async function verifyResolution(
  ports: WorktreePorts,
  location: SessionLocation,
  checks: readonly string[],
  timeout: number,
): Promise<void> {
  const failed = await failedCheck(ports, location, checks, timeout);
  if (failed)
    throw new CoppiceError(
      'NotResolved',
      `${location.branch} is not resolved: ${failed.problem}`,
      failed.tail,
    );
}

/**
 * Whether a newer status of the same session was written already. A retried activity has the status with
 * which it began.
 */
async function isOvertaken(home: Home, { record }: SessionDetail): Promise<boolean> {
  const known = await ignoringDamage(readDetail(home, record.repository, record.issueNumber));
  const last = known?.detail.record;
  return last?.startedAt === record.startedAt && last.lastHeartbeat > record.lastHeartbeat;
}

/** The branch of a merged session may stay on the remote: that it is Coppice's is not known from anything else then. */
async function noteMerged(home: Home, location: SessionLocation): Promise<void> {
  const { checkout, branch, repository, issue } = location;
  const sha = await tipOf(checkout, pushedRef(branch));
  if (sha === undefined) return;
  const workflowId = sessionWorkflowId(repository, issue);
  await saveLeftBranch(home, { workflowId, location, sha, pullRequest: null, merged: true });
}

export const createWorktreeActivities = (ports: WorktreePorts): WorktreeActivities => ({
  createWorktree: (input) => createWorktree(ports, input, cancellation()),

  async setUp({ location, commands, timeout, inputs = [], ifChanged = false }) {
    const done = join(
      sessionDirectory(ports.home, location.repository, location.issue),
      'setup.json',
    );
    const before = hashInputs(location.worktree, inputs);
    if (ifChanged && (await ignoringDamage(readJson(done, SetupDone)))?.inputs === before) return;
    const around = await surroundings(ports, location, 'setup');
    await runSetupCommands(location, () => runSetup({ location, commands, timeout, ...around }));
    // The hash is made after setup, so that changes by setup itself do not make it run again.
    await writeJson(done, { inputs: hashInputs(location.worktree, inputs) });
  },

  async inspectOutgoing({ location, base, checks, timeout, fileLimit }) {
    await syncBranchIfThere(location);
    await ownershipOf(ports.home, location, base);
    const problems = [
      ...(await outgoingProblems(location, base, fileLimit, ports.tokens, heldSecrets(ports.env))),
      ...(await otherBranchProblems(ports.home, location, base)),
    ];
    if (problems.length > 0) return problems.join('\n');
    const failed = await failedCheck(ports, location, checks, timeout);
    return failed ? `${failed.problem}:\n\n${failed.tail}` : '';
  },

  spentByOthers: ({ location, run }) => spentByOthers(ports.home, location, run),

  async recordStatus({ location, detail }) {
    const asOf = new Date().toISOString();
    const { repository, issue } = location;
    await records.write(detailFile(ports.home, repository, issue), async () => {
      if (await isOvertaken(ports.home, detail)) return;
      await saveDetail(ports.home, detail, asOf);
      const owned = await ignoringDamage(readOwnership(ports.home, repository, issue));
      if (owned?.ready && owned.location.worktree === location.worktree)
        await writeStatusFile(location.worktree, detail.record);
    });
  },

  async restack({ location, base, onto, resolved, checks, timeout }) {
    await syncBranchIfThere(location);
    const move = resolved ? finishResolvedRebase : restack;
    const moved = await move(location, base, onto, {
      tokens: ports.tokens,
      signal: cancellation(),
      verify: () => verifyResolution(ports, location, checks, timeout),
    });
    await saveBase(ports.home, location, moved);
    return moved;
  },

  async integrateRemoteCommits({ location, base, resolved, mayWait, checks, timeout }) {
    await syncBranchIfThere(location);
    const taken = await integrateRemoteCommits(location, base, {
      ...{ tokens: ports.tokens, signal: cancellation(), resolved, mayWait },
      verify: () => verifyResolution(ports, location, checks, timeout),
    });
    await saveBase(ports.home, location, taken.base);
    return { base: taken.base, commits: taken.commits };
  },

  async removeWorktree({ location, headSha }) {
    await unregisterWatch(ports.home, location);
    const base = (await readOwnership(ports.home, location.repository, location.issue))?.base;
    const keepIn = keptDirectory(ports.home, location);
    const options = { headSha, base, tokens: ports.tokens, keepIn };
    const mayGo = (await removeWorktree(location, { ...options, dryRun: true })).removed;
    const told =
      mayGo && existsSync(location.worktree) ? await tearDown(ports, location, cancellation) : '';
    await noteMerged(ports.home, location);
    const { removed, reason } = await removeWorktree(location, options);
    if (removed) {
      await forgetOwnership(ports.home, location.repository, location.issue);
      await freePorts(ports.home, location);
    }
    return { removed, reason: [told, reason].filter((part) => part !== '').join('; ') };
  },
});
