import type { Coppice, StartedRun } from '../types.ts';
import type { Connected } from './connected.ts';
import { clearError } from './server-error.ts';

/** The same API, with errors of the server as one clear line. */
export function withClearErrors(connected: Connected, coppice: Coppice): Coppice {
  const explaining = <Arguments extends unknown[], Result>(
    call: (...given: Arguments) => Promise<Result>,
  ) => {
    return async (...given: Arguments): Promise<Result> => {
      try {
        return await call(...given);
      } catch (error) {
        throw clearError(connected, error);
      }
    };
  };
  const run = (started: StartedRun): StartedRun => ({
    ...started,
    result: explaining(started.result),
  });
  return {
    startRun: async (input) => run(await explaining(coppice.startRun)(input)),
    runs: explaining(coppice.runs),
    joinRun: async (...given) => run(await explaining(coppice.joinRun)(...given)),
    board: explaining(coppice.board),
    show: explaining(coppice.show),
    guide: explaining(coppice.guide),
    attach: explaining(coppice.attach),
    detach: explaining(coppice.detach),
    cancel: explaining(coppice.cancel),
    amend: explaining(coppice.amend),
    pause: explaining(coppice.pause),
    cancelRun: explaining(coppice.cancelRun),
    left: explaining(coppice.left),
    close: coppice.close,
  };
}
