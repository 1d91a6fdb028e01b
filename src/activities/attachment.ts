import { marksOfAttachment } from '../agents/interactive.ts';
import type { Base, SessionLocation } from '../domain/session/session.ts';
import type { Work } from '../domain/session/turn.ts';
import { CoppiceError } from '../domain/shared/failure.ts';
import { syncBranch } from '../git/private/sync-branch.ts';
import { members } from '../process/members.ts';
import { stopAll } from '../process/stop.ts';
import type { AttachmentActivities } from './agent/turn-types.ts';

interface AttachmentPorts {
  inspectWork(location: SessionLocation, base: Base): Promise<Work>;
}

/** Milliseconds between SIGTERM and SIGKILL. */
const GRACE = 10_000;

export const createAttachmentActivities = ({
  inspectWork,
}: AttachmentPorts): AttachmentActivities => ({
  async endAttachment({ location, base, id }) {
    await stopAll(() => members(marksOfAttachment(id)), GRACE);
    try {
      await syncBranch(location);
      return await inspectWork(location, base);
    } catch (error) {
      // The person may have removed the worktree. The next step will ask about that.
      if (error instanceof CoppiceError) return null;
      throw error;
    }
  },
});
