import { MAX_FEEDBACK_TEXT } from '../../domain/pull-request/feedback.ts';
import { visibleCharacters } from '../../domain/shared/text.ts';
import { visibleMarkdown } from '../../markdown/visible.ts';
import type { Comment } from './discussion.ts';

/** Text without any of these holds nothing that its readers do not see, but for characters. */
const MAY_HIDE = /<|!\[/;

/** What a reader on GitHub sees of a comment, and, in words, what was left out. */
interface Shown {
  readonly text: string;
  readonly hidden: readonly string[];
}

/**
 * Leaves out what a reader of the comment does not see. Bots fold most of what they found, and mark each
 * comment for themselves, so of theirs the content of closed sections stays, and what was left out is not told.
 */
export function shownOf({ body, url }: Pick<Comment, 'body' | 'url'>, isBot: boolean): Shown {
  const whole = body.toWellFormed();
  if (!MAY_HIDE.test(whole) && visibleCharacters(whole) === whole)
    return { text: cut(whole, url), hidden: [] };
  const { text, hidden } = visibleMarkdown(whole, { keepClosed: isBot });
  return { text: cut(text.trim(), url), hidden: isBot ? [] : hidden };
}

function cut(body: string, url: string): string {
  if (body.length <= MAX_FEEDBACK_TEXT) return body;
  const notice = `\n[Cut here: the whole comment of ${body.length} characters is at ${url}]`;
  return body.slice(0, MAX_FEEDBACK_TEXT - notice.length).toWellFormed() + notice;
}
