import type { Board } from '../../client/types.ts';
import type { RepositoryName } from '../../domain/shared/repository.ts';
import { oneLine } from '../../domain/shared/text.ts';
import { boardOfRun, boardReader, readBoard } from '../connection.ts';
import type { Context } from '../context.ts';
import { Interrupted, Refusal, UsageError } from '../errors.ts';
import { serviceProblem } from '../preflight/service.ts';
import { findRepository } from '../project.ts';
import { renderBoard } from '../render/board.ts';
import { watch } from '../terminal/watch.ts';

export interface StatusOptions {
  readonly watch?: true;
  readonly json?: true;
  readonly run?: string;
}

/** Shows the sessions of a repository, the queue, and what the person should do next. */
export async function status(context: Context, options: StatusOptions): Promise<void> {
  if (options.watch && options.json) throw new UsageError('--watch and --json exclude each other');
  const repository = await findRepository(context);
  if (options.watch) return watchBoard(context, repository, options.run);
  const board = await readBoard(context, repository);
  const chosen = options.run === undefined ? board : ofRun(board, options.run);
  const { terminal } = context;
  const trouble = await serviceProblem(context);
  if (trouble !== undefined) terminal.err(`coppice: ${oneLine(trouble, 500)}`);
  terminal.out(options.json ? JSON.stringify(chosen, null, 2) : frame(context, chosen));
}

/** Keeps showing the board, of one run if named, until `until` settles, and for ever without it. */
export async function watchBoard(
  context: Context,
  repository: RepositoryName,
  run: string | undefined,
  until?: Promise<unknown>,
): Promise<void> {
  const reader = boardReader(context, repository);
  const draw = async () => {
    const board = await reader.read();
    return frame(context, run === undefined ? board : boardOfRun(board, run));
  };
  const interrupted = Promise.withResolvers<never>();
  const leave = () => interrupted.reject(new Interrupted(goesOn(run)));
  context.terminal.takeInterrupts();
  process.on('SIGINT', leave);
  try {
    const over = until && Promise.race([until, interrupted.promise]);
    await Promise.race([
      watch(context.terminal, draw, over ?? interrupted.promise),
      interrupted.promise,
    ]);
  } finally {
    process.off('SIGINT', leave);
    await reader.close();
  }
}

/** What a person hears who stops watching. */
const goesOn = (run: string | undefined): string =>
  run === undefined
    ? 'the sessions continue: coppice status --watch shows them again, coppice pause pauses them, coppice down stops all gently'
    : `run ${run} continues: coppice status --watch --run ${run} shows it again, coppice pause --run ${run} pauses it, coppice cancel --run ${run} starts no more of its sessions`;

const frame = ({ terminal, now }: Context, board: Board): string =>
  renderBoard(board, { now: now(), color: terminal.color, columns: terminal.columns });

function ofRun(board: Board, run: string): Board {
  const chosen = boardOfRun(board, run);
  if (chosen.runs.length + chosen.unresponsiveRuns.length + chosen.sessions.length > 0)
    return chosen;
  const names = new Set([
    ...[...board.runs, ...board.unresponsiveRuns].map(({ name }) => name),
    ...board.sessions.flatMap(({ record }) => record.run ?? []),
  ]);
  throw new Refusal(
    names.size === 0
      ? `no run ${run}: there are no runs`
      : `no run ${run}: there are ${[...names].join(', ')}`,
  );
}
