import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { isOpen } from '../../client/types.ts';
import { age } from '../../domain/shared/age.ts';
import { branchName, worktreePath } from '../../domain/shared/identity.ts';
import type { Readers } from '../../planning/preflight.ts';
import { readBoard } from '../connection.ts';
import type { Context } from '../context.ts';
import type { Project } from '../project.ts';

/** What preflight reads: GitHub, the service and the checkout. */
export async function preflightReaders(context: Context, project: Project): Promise<Readers> {
  const { repository } = project;
  const stored = await context.services.stored(repository);
  const owned = new Set(stored.filter(({ ownership }) => ownership).map(({ issue }) => issue));
  const github = await context.services.github();
  return {
    readIssue: (issue) => github.readIssue(repository, issue),
    defaultBranch: () => github.defaultBranch(repository),
    branchExists: (branch) => github.branchExists(repository, branch),
    openSessions: () => openSessions(context, project),
    obstacle: (issue) => obstacle(project, owned, issue),
  };
}

/**
 * When the service answers, only what it says counts: a session that it does not know is not open. When it does not
 * answer, the records of this host are all there is.
 */
async function openSessions(context: Context, { repository }: Project) {
  const board = await readBoard(context, repository);
  const open = board.sessions.filter(
    (session) =>
      session.unresponsive !== undefined || (isOpen(session) && session.source === board.source),
  );
  return new Map(
    open.map(({ record, source, asOf, unresponsive }) => [
      record.issueNumber,
      unresponsive
        ? `it does not answer (${unresponsive.cause}); coppice show ${record.issueNumber} says what to do`
        : source === 'live'
          ? `${record.status}; coppice show ${record.issueNumber}`
          : `${record.status} when it was recorded ${age(asOf, context.now())} ago; coppice up brings it back`,
    ]),
  );
}

/** A branch or a directory of the person's own stands where the session's would. */
async function obstacle(
  { repository, checkout, config }: Project,
  owned: ReadonlySet<number>,
  issue: number,
): Promise<string | undefined> {
  if (owned.has(issue)) return undefined;
  const branch = branchName(config.branch, { repository, issue });
  if (await checkout.branchExists(branch))
    return `#${issue} needs a branch ${branch}, but that branch exists and Coppice did not make it: rename it, or set branch: in coppice.yaml`;
  const path = resolve(checkout.path, worktreePath(config.worktree, { repository, issue }));
  return existsSync(path)
    ? `#${issue} needs a worktree at ${path}, but something is there already: move it, or set worktree: in coppice.yaml`
    : undefined;
}
