import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { loadConfig } from '../../config/load.ts';
import type { Base, Place } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { restack, takeUpRebase } from '../../git/rebase/restack.ts';
import { takeOver } from '../../git/rebase/take-over.ts';
import { goByCheckout } from '../../git/remote/pointers.ts';
import type { GitTokenSource } from '../../git/remote/remote.ts';
import { settingUp } from '../../git/worktree/baseline.ts';
import { removeWorktree } from '../../git/worktree/remove.ts';
import { type Home, sessionDirectory } from '../../state/home.ts';
import { orNothing, readJson, writeJson } from '../../state/json-file.ts';
import { freePorts } from '../../state/port-ranges.ts';
import {
  detailFile,
  forgetOwnership,
  keptDirectory,
  ownershipOf,
  readOwnership,
  saveDetail,
  saveOwnership,
} from '../../state/session-store.ts';
import { openSandbox } from '../sandbox.ts';
import type { WorktreeActivities } from '../types.ts';
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

export interface WorktreePorts {
  readonly home: Home;
  /** Where the person's home is, and the sandbox's own programs are looked for. */
  readonly env: NodeJS.ProcessEnv;
  readonly tokens: GitTokenSource;
}

async function saveBase(home: Home, place: Place, base: Base): Promise<void> {
  const owned = await ownershipOf(home, place, base);
  if (owned) await saveOwnership(home, { ...owned, base });
}

const cancellation = (): AbortSignal => Context.current().cancellationSignal;

const records = new LateRecords();

/** Where the person's commands write to, and what keeps them in a sandbox. */
async function surroundings(ports: WorktreePorts, place: Place, name: 'setup' | 'checks') {
  const directory = sessionDirectory(ports.home, place.repository, place.issue);
  const confine = await openSandbox(ports, place);
  return {
    environment: commandEnvironment(ports.env, await loadConfig(place.checkout)),
    home: ports.home,
    log: join(directory, `${name}.log`),
    signal: cancellation(),
    sandbox: confine && { confine, own: join(directory, `${name}-sandbox`) },
  };
}

/** The first of the person's checks that fails, if one does. */
async function failedCheck(
  ports: WorktreePorts,
  place: Place,
  checks: readonly string[],
  timeout: number,
): Promise<{ problem: string; tail: string } | undefined> {
  if (checks.length === 0) return undefined;
  const around = await surroundings(ports, place, 'checks');
  const failed = await runCommands({ place, commands: checks, timeout, ...around });
  return failed && { ...failed, problem: `the check \`${failed.command}\` ${failed.problem}` };
}

/** @throws NotResolved */
async function verifyResolution(
  ports: WorktreePorts,
  place: Place,
  checks: readonly string[],
  timeout: number,
): Promise<void> {
  const failed = await failedCheck(ports, place, checks, timeout);
  if (failed)
    throw new CoppiceError(
      'NotResolved',
      `${place.branch} is not resolved: ${failed.problem}`,
      failed.tail,
    );
}

export const createWorktreeActivities = (ports: WorktreePorts): WorktreeActivities => ({
  createWorktree: (input) => createWorktree(ports, input, cancellation()),

  async setUp({ place, commands, timeout, inputs = [], ifChanged = false }) {
    const done = join(sessionDirectory(ports.home, place.repository, place.issue), 'setup.json');
    const before = hashInputs(place.worktree, inputs);
    if (ifChanged && (await orNothing(readJson(done, SetupDone)))?.inputs === before) return;
    const around = await surroundings(ports, place, 'setup');
    await settingUp(place, () => runSetup({ place, commands, timeout, ...around }));
    // What setup itself changed in them is no reason to run it again.
    await writeJson(done, { inputs: hashInputs(place.worktree, inputs) });
  },

  async inspectOutgoing({ place, base, checks, timeout, fileLimit }) {
    await goByCheckout(place);
    await ownershipOf(ports.home, place, base);
    const problems = [
      ...(await outgoingProblems(place, base, fileLimit, ports.tokens)),
      ...(await otherBranchProblems(ports.home, place, base)),
    ];
    if (problems.length > 0) return problems.join('\n');
    const failed = await failedCheck(ports, place, checks, timeout);
    return failed ? `${failed.problem}:\n\n${failed.tail}` : '';
  },

  spentByOthers: ({ place, run }) => spentByOthers(ports.home, place, run),

  async recordStatus({ place, detail }) {
    const asOf = new Date().toISOString();
    await records.write(detailFile(ports.home, place.repository, place.issue), async () => {
      await saveDetail(ports.home, detail, asOf);
      const owned = await orNothing(readOwnership(ports.home, place.repository, place.issue));
      if (owned?.ready && owned.place.worktree === place.worktree)
        await writeStatusFile(place.worktree, detail.record);
    });
  },

  async restack({ place, base, onto, resolved, checks, timeout }) {
    await goByCheckout(place);
    const move = resolved ? takeUpRebase : restack;
    const moved = await move(place, base, onto, {
      tokens: ports.tokens,
      signal: cancellation(),
      verify: () => verifyResolution(ports, place, checks, timeout),
    });
    await saveBase(ports.home, place, moved);
    return moved;
  },

  async takeOver({ place, base, resolved, mayWait, checks, timeout }) {
    await goByCheckout(place);
    const taken = await takeOver(place, base, {
      ...{ tokens: ports.tokens, signal: cancellation(), resolved, mayWait },
      verify: () => verifyResolution(ports, place, checks, timeout),
    });
    await saveBase(ports.home, place, taken.base);
    return { base: taken.base, commits: taken.commits };
  },

  async removeWorktree({ place, headSha }) {
    await goByCheckout(place);
    const base = (await readOwnership(ports.home, place.repository, place.issue))?.base;
    const keepIn = keptDirectory(ports.home, place);
    const options = { headSha, base, tokens: ports.tokens, keepIn };
    const mayGo = (await removeWorktree(place, { ...options, dryRun: true })).removed;
    const told =
      mayGo && existsSync(place.worktree) ? await tearDown(ports, place, cancellation) : '';
    const { removed, reason } = await removeWorktree(place, options);
    if (removed) {
      await forgetOwnership(ports.home, place.repository, place.issue);
      await freePorts(ports.home, place);
    }
    return { removed, reason: [told, reason].filter((part) => part !== '').join('; ') };
  },
});
