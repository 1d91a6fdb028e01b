import { type Board, isOpen } from '../../client/types.ts';
import { isOver } from '../../domain/session/session.ts';
import { oneLine } from '../../domain/shared/text.ts';
import { readBoard } from '../connection.ts';
import type { Context, PruneDecision } from '../context.ts';
import { EXIT } from '../errors.ts';
import { findRepository } from '../project.ts';
import { type PrunedLeft, pruneLeft } from '../prune/prune-left.ts';
import { table } from '../render/session.ts';

export interface PruneOptions {
  readonly dryRun?: true;
  readonly force?: true;
  readonly json?: true;
  readonly yes?: true;
}

interface Pruned extends PruneDecision {
  readonly issue: number;
  readonly worktree: string;
}

interface PrunedTurns {
  readonly issue: number;
  readonly turns: number;
  /** The disk space that they took, in bytes. */
  readonly bytes: number;
}

/**
 * Removes worktrees and local branches of ended sessions, and the turns of those that ended long ago. What holds work
 * that is nowhere else is kept and named. What cancelled sessions left on GitHub is offered to the person.
 * @returns the exit code: 1 when something that should go could not
 */
export async function prune(context: Context, options: PruneOptions): Promise<number> {
  const { services, terminal } = context;
  const repository = await findRepository(context);
  const open = openIssues(await readBoard(context, repository));
  const dryRun = options.dryRun === true;
  const force = options.force === true;
  const pruned: Pruned[] = [];
  for (const session of await services.stored(repository)) {
    const { issue, ownership, last } = session;
    if (!ownership || !last || open.has(issue) || !isOver(last.detail.record)) continue;
    // A failure of one session does not keep the others from being removed.
    const decision = await services
      .prune({ ...session, ownership }, { dryRun, force })
      .catch(notPruned);
    pruned.push({ issue, worktree: ownership.location.worktree, ...decision });
  }
  const old = await services.pruneTurns(repository, { dryRun, open });
  const turns = old.map(({ issue, turns, bytes }) => ({ issue, turns: turns.length, bytes }));
  const asked = { open, dryRun, yes: options.yes === true, asks: options.json !== true };
  const left = await pruneLeft(context, repository, asked);
  if (options.json) terminal.out(JSON.stringify([...pruned, ...turns, ...left], null, 2));
  else terminal.out(rows(pruned, turns, left, dryRun) || 'Nothing to prune.');
  return pruned.every(({ removed }) => removed) ? EXIT.ok : EXIT.failure;
}

const notPruned = (error: unknown): PruneDecision => ({
  removed: false,
  reason: error instanceof Error ? error.message : String(error),
});

/** An issue may have had several sessions. The newest counts. */
const openIssues = (board: Board): Set<number> =>
  new Set(board.sessions.filter(isOpen).map(({ record }) => record.issueNumber));

function rows(
  pruned: readonly Pruned[],
  turns: readonly PrunedTurns[],
  left: readonly PrunedLeft[],
  dryRun: boolean,
): string {
  const gone = dryRun ? 'would go' : 'removed';
  return table([
    ...pruned.map(({ issue, worktree, removed, reason }) => [
      `#${issue}`,
      removed ? gone : 'kept',
      worktree,
      oneLine(reason, 200),
    ]),
    ...turns.map(({ issue, turns, bytes }) => [
      `#${issue}`,
      gone,
      `the transcripts of ${turns === 1 ? 'a turn' : `${turns} turns`}, ${megabytes(bytes)} MB`,
      '',
    ]),
    ...left.map(({ issue, branch, pullRequest, deleted, reason }) => [
      `#${issue}`,
      deleted ? 'deleted' : 'kept',
      `${branch} on GitHub${pullRequest === null ? '' : `, pull request #${pullRequest}`}`,
      oneLine(reason, 200),
    ]),
  ]);
}

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1);
