import { coppiceHome, type Home } from '../state/home.ts';
import { connectClient, resolveServer } from '../temporal/connect.ts';
import { openRuns, readBoard } from './board.ts';
import { orphanedSessions } from './orphaned-sessions.ts';
import { amendRun, cancelRun, joinRun, startRun } from './runs.ts';
import type { Connected } from './server/connected.ts';
import { withClearErrors } from './server/with-clear-errors.ts';
import {
  attachSession,
  cancelSession,
  detachSession,
  guideSession,
  pauseSession,
  showSession,
} from './sessions.ts';
import { ClientError, type Coppice } from './types.ts';

export interface OpenOptions {
  /** This process's own when absent. */
  readonly env?: NodeJS.ProcessEnv;
  /** The one `env` names when absent. */
  readonly home?: Home;
}

/**
 * Connects to the Temporal server that the environment, or else `coppice up`, names.
 * @throws ClientError Unreachable
 */
export async function openCoppice({
  env = process.env,
  home = coppiceHome(env),
}: OpenOptions = {}): Promise<Coppice> {
  const server = await resolveServer(env, home);
  if (!server)
    throw new ClientError('Unreachable', 'no Temporal server: start one with `coppice up`');
  const connection = await connectClient(server).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ClientError(
      'Unreachable',
      `no Temporal server answers at ${server.address}: ${reason}`,
    );
  });
  const connected: Connected = { client: connection.client, server, home };
  return withClearErrors(connected, {
    startRun: (input) => startRun(connected, input),
    runs: (repository) => openRuns(connected, repository),
    joinRun: (repository, name) => joinRun(connected, repository, name),
    board: (repository) => readBoard(connected, repository),
    show: (repository, issue) => showSession(connected, repository, issue),
    guide: (repository, issue, guidance) => guideSession(connected, repository, issue, guidance),
    attach: (repository, issue, request) => attachSession(connected, repository, issue, request),
    detach: (repository, issue, detach) => detachSession(connected, repository, issue, detach),
    cancel: (repository, issue) => cancelSession(connected, repository, issue),
    amend: (repository, run, amendment) => amendRun(connected, repository, run, amendment),
    pause: (repository, issue, paused) => pauseSession(connected, repository, issue, paused),
    cancelRun: (repository, run) => cancelRun(connected, repository, run),
    left: () => orphanedSessions(connected),
    close: () => connection.close(),
  });
}
