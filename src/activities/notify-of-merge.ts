import type { Outbox } from '../notify/outbox.ts';
import type { Home } from '../state/home.ts';
import { readDetail } from '../state/session-store.ts';
import type { WorktreeActivities } from './worktree/worktree-types.ts';

/** The same activities; when the worktree of a merged session is removed, the person is told of the merge, once. */
export const notifyingOfMerges = (
  activities: WorktreeActivities,
  { home, outbox }: { readonly home: Home; readonly outbox: Pick<Outbox, 'tell'> },
): WorktreeActivities => ({
  ...activities,
  async removeWorktree(input) {
    const { repository, issue } = input.location;
    const record = (await readDetail(home, repository, issue))?.detail.record;
    const removed = await activities.removeWorktree(input);
    await outbox.tell({
      key: `${repository}#${issue} merged ${input.headSha}`,
      ...{ kind: 'merged', repository, issue, title: `#${issue} is merged` },
      at: new Date().toISOString(),
      text: record?.issueTitle ?? '',
      url: record?.pullRequestUrl ?? null,
      question: null,
    });
    return removed;
  },
});
