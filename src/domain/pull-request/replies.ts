import type { FeedbackItem } from './feedback.ts';

/** A reply that is owed: where, and to which points. */
export interface DueReply {
  /** The last of the points, where the reply goes. */
  readonly item: FeedbackItem;
  /** The points before it. */
  readonly others: readonly Pick<FeedbackItem, 'id' | 'edited'>[];
  readonly ids: readonly string[];
  readonly text: string;
}

/** One reply to each thread, and to each point outside of threads. @param said of the whole turn, where a point has no answer of its own */
export function dueReplies(
  answering: readonly FeedbackItem[],
  answers: readonly { readonly to: string; readonly text: string }[],
  said: string,
): DueReply[] {
  const places = Map.groupBy(answering, ({ thread, id }) => thread ?? id);
  return [...places.values()].flatMap((items) => {
    const item = items.at(-1);
    if (!item) return [];
    const ids = items.map(({ id }) => id);
    const own = new Set(answers.filter(({ to }) => ids.includes(to)).map(({ text }) => text));
    const others = items.slice(0, -1).map(({ id, edited }) => ({ id, edited }));
    return [{ item, others, ids, text: own.size > 0 ? [...own].join('\n\n') : said }];
  });
}
