import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import type { Base, Place } from '../domain/session.ts';
import type { GitTokenSource } from '../git/remote.ts';
import { removeWorktree } from '../git/remove.ts';
import { restack, takeUpRebase } from '../git/restack.ts';
import { takeOver } from '../git/take-over.ts';
import { type Home, sessionDirectory } from '../state/home.ts';
import {
  forgetOwnership,
  keptDirectory,
  readOwnership,
  saveDetail,
  saveOwnership,
} from '../state/session-store.ts';
import { runCommands } from './commands.ts';
import { createWorktree } from './create-worktree.ts';
import { outgoingProblems } from './outgoing.ts';
import { runSetup } from './setup.ts';
import { writeStatusFile } from './status-file.ts';
import type { WorktreeActivities } from './types.ts';

export interface WorktreePorts {
  readonly home: Home;
  readonly tokens: GitTokenSource;
}

async function saveBase(home: Home, place: Place, base: Base): Promise<void> {
  const owned = await readOwnership(home, place.repository, place.issue);
  if (owned) await saveOwnership(home, { ...owned, base });
}

const cancellation = (): AbortSignal => Context.current().cancellationSignal;

export const createWorktreeActivities = (ports: WorktreePorts): WorktreeActivities => ({
  createWorktree: (input) => createWorktree(ports, input, cancellation()),

  setUp({ place, commands, timeout }) {
    const log = join(sessionDirectory(ports.home, place.repository, place.issue), 'setup.log');
    return runSetup({ place, commands, timeout, log, signal: cancellation() });
  },

  async inspectOutgoing({ place, base, checks, timeout, fileLimit }) {
    const problems = await outgoingProblems(place, base, fileLimit);
    if (problems.length > 0) return problems.join('\n');
    const log = join(sessionDirectory(ports.home, place.repository, place.issue), 'checks.log');
    const signal = cancellation();
    const failed = await runCommands({ place, commands: checks, timeout, log, signal });
    return failed ? `the check \`${failed.command}\` ${failed.problem}:\n\n${failed.tail}` : '';
  },

  async recordStatus({ place, detail }) {
    await saveDetail(ports.home, detail, new Date().toISOString());
    const owned = await readOwnership(ports.home, place.repository, place.issue);
    if (owned?.ready && owned.place.worktree === place.worktree)
      await writeStatusFile(place.worktree, detail.record);
  },

  async restack({ place, base, onto, resolved }) {
    const move = resolved ? takeUpRebase : restack;
    const moved = await move(place, base, onto, {
      tokens: ports.tokens,
      signal: cancellation(),
    });
    await saveBase(ports.home, place, moved);
    return moved;
  },

  async takeOver({ place, base, resolved, mayWait }) {
    const taken = await takeOver(place, base, {
      ...{ tokens: ports.tokens, signal: cancellation(), resolved, mayWait },
    });
    await saveBase(ports.home, place, taken.base);
    return { base: taken.base, commits: taken.commits };
  },

  async removeWorktree({ place, headSha }) {
    const removal = await removeWorktree(place, {
      headSha,
      tokens: ports.tokens,
      keepIn: keptDirectory(ports.home, place),
    });
    if (removal.removed) await forgetOwnership(ports.home, place.repository, place.issue);
    return removal;
  },
});
