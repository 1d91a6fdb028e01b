import { type Board, ClientError, type Coppice } from '../client/types.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import type { Context } from './context.ts';

/** Asks the service with `ask` and disconnects; undefined when no service answers. */
export async function ifReachable<T>(
  { services }: Context,
  ask: (coppice: Coppice) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await withCoppice(services, ask);
  } catch (error) {
    if (error instanceof ClientError && error.kind === 'Unreachable') return undefined;
    throw error;
  }
}

export async function withCoppice<T>(
  services: Pick<Context['services'], 'connect'>,
  ask: (coppice: Coppice) => Promise<T>,
): Promise<T> {
  const coppice = await services.connect();
  try {
    return await ask(coppice);
  } finally {
    await coppice.close();
  }
}

/** The service's board, or, when none answers, what this host last recorded. */
export async function readBoard(context: Context, repository: RepositoryName): Promise<Board> {
  const live = await ifReachable(context, (coppice) => coppice.board(repository));
  return live ?? context.services.recordedBoard(repository);
}

/**
 * Reads the board again and again by one connection, which it opens when a service answers; while none does, what this host
 * last recorded. The connection is closed by whoever keeps it.
 */
export function boardReader(
  { services }: Context,
  repository: RepositoryName,
): { read(): Promise<Board>; close(): Promise<void> } {
  let coppice: Coppice | undefined;
  return {
    async read() {
      try {
        coppice ??= await services.connect();
        return await coppice.board(repository);
      } catch (error) {
        if (!(error instanceof ClientError && error.kind === 'Unreachable')) throw error;
        return services.recordedBoard(repository);
      }
    },
    close: async () => coppice?.close(),
  };
}

/** Only what belongs to the run of that name. */
export const boardOfRun = (board: Board, run: string): Board => ({
  ...board,
  runs: board.runs.filter(({ name }) => name === run),
  unresponsiveRuns: board.unresponsiveRuns.filter(({ name }) => name === run),
  sessions: board.sessions.filter(({ record }) => record.run === run),
});
