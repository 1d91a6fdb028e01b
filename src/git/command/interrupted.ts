import { members } from '../../process/members.ts';
import { stopAll } from '../../process/stop.ts';
import { GIT_MARK } from './environment.ts';

/** How long an interrupted git command may take to tidy up after SIGTERM, in milliseconds. */
const GRACE = 5_000;

/** Ends the git commands on a worktree that outlived the worker that started them. */
export const stopInterrupted = (worktree: string): Promise<void> =>
  stopAll(() => members({ [GIT_MARK]: worktree }), GRACE);
