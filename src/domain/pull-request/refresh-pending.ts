import { isPlaceholder } from './authors.ts';
import type { FeedbackItem } from './feedback.ts';
import { type FeedbackState, shortenedToFit } from './feedback-state.ts';
import { needsNoTurn } from './point.ts';
import { noteSeen } from './seen.ts';

/**
 * Updates the pending feedback: removes withdrawn comments, and uses the edited texts. An edit that needs no turn takes
 * the comment out, as it does when the watcher tells of it.
 * @param edited points, without commands
 */
export function refreshPending(
  state: FeedbackState,
  gone: readonly string[],
  edited: readonly FeedbackItem[],
): void {
  const now = new Map(edited.map((item) => [item.id, item]));
  for (const item of state.pending.splice(0)) {
    if (gone.includes(item.id)) continue;
    const { bot, mayWrite } = item;
    const read = now.get(item.id);
    const edit = read && { ...read, bot, mayWrite };
    const isUsed = edit && !isPlaceholder(edit);
    // The edit is told by the watcher, too.
    if (isUsed) noteSeen(state, edit);
    if (!isUsed || !needsNoTurn(edit))
      state.pending.push(shortenedToFit(state.pending, isUsed ? edit : item));
  }
}
