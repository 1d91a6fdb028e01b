import { existsSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentAdapter } from '../../agents/adapters/adapter.ts';
import { type Environment, isProgram } from '../../agents/turn/environment.ts';
import type { Work } from '../../domain/session/turn.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import type { GitDirectories } from '../../git/command/git-directories.ts';
import { checkGitFile } from '../../git/worktree/git-file.ts';
import type { TurnInput } from './turn-types.ts';

/**
 * Checks that the worktree exists and that its `.git` file names the session's git directory. A `.git`
 * directory would be another repository.
 * @throws WorktreeLost
 */
export async function checkWorktree({
  location,
}: Pick<TurnInput, 'location'>): Promise<GitDirectories> {
  const file = lstatSync(join(location.worktree, '.git'), { throwIfNoEntry: false });
  if (!existsSync(location.worktree)) throw lost(location.worktree, 'does not exist any more');
  if (file && !file.isFile()) throw lost(location.worktree, 'has a .git that is not a file');
  return checkGitFile(location);
}

/** @throws WorktreeLost when another branch than the session's is checked out */
export function checkBranch({ location }: TurnInput, { branch }: Work): void {
  if (branch !== location.branch)
    throw lost(
      location.worktree,
      `has ${branch ?? 'no branch'} checked out instead of ${location.branch}`,
    );
}

const lost = (worktree: string, what: string): CoppiceError =>
  new CoppiceError(
    'WorktreeLost',
    `the worktree ${worktree} ${what}: repair it and guide the session, or cancel it`,
  );

/**
 * Checks that the agent's program can be run.
 * @throws AgentUnavailable, with how to install it
 */
export function checkProgram(input: TurnInput, adapter: AgentAdapter, env: Environment): void {
  const program = input.agent.command?.[0] ?? adapter.program;
  if (isProgram(program, env, input.location.worktree)) return;
  const missing = program === '' ? 'agent.command is not set' : `there is no program ${program}`;
  throw new CoppiceError(
    'AgentUnavailable',
    `${missing}: ${adapter.install}; if a terminal finds it, run coppice down && coppice up there, because the service uses the PATH with which it was started`,
  );
}
