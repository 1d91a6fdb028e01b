import { existsSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentAdapter } from '../../agents/adapters/adapter.ts';
import { type Environment, isProgram } from '../../agents/turn/environment.ts';
import type { Work } from '../../domain/session/turn.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import type { GitDirectories } from '../../git/command/explicit.ts';
import { checkPointers } from '../../git/remote/pointers.ts';
import type { TurnInput } from './turn-types.ts';

/** In a worktree `.git` is a file that leads to the session's own data; a directory would be a repository of its own. @throws WorktreeLost */
export async function checkWorktree({
  location,
}: Pick<TurnInput, 'location'>): Promise<GitDirectories> {
  const file = lstatSync(join(location.worktree, '.git'), { throwIfNoEntry: false });
  if (!existsSync(location.worktree)) throw lost(location.worktree, 'is gone');
  if (file && !file.isFile()) throw lost(location.worktree, 'has something else for its .git file');
  return checkPointers(location);
}

/** @throws WorktreeLost when something else than the session's branch is checked out */
export function checkBranch({ location }: TurnInput, { branch }: Work): void {
  if (branch !== location.branch)
    throw lost(location.worktree, `has ${branch ?? 'no branch'} instead of ${location.branch}`);
}

const lost = (worktree: string, what: string): CoppiceError =>
  new CoppiceError(
    'WorktreeLost',
    `the worktree ${worktree} ${what}: put it right and say so, or cancel the session`,
  );

/** @throws AgentUnavailable, with how to install it */
export function checkProgram(input: TurnInput, adapter: AgentAdapter, env: Environment): void {
  const program = input.agent.command?.[0] ?? adapter.program;
  if (isProgram(program, env, input.location.worktree)) return;
  const missing = program === '' ? 'agent.command is not set' : `there is no program ${program}`;
  throw new CoppiceError(
    'AgentUnavailable',
    `${missing}: ${adapter.install}; or, where a terminal finds it, run coppice down && coppice up there: the service looks where its own PATH says`,
  );
}
