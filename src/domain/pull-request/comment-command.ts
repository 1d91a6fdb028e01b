import { MAX_GUIDANCE } from '../session/guidance.ts';
import type { FeedbackItem } from './feedback.ts';

export interface CommentCommand {
  readonly do: 'guide' | 'approve' | 'cancel' | 'pause' | 'resume';
  readonly text: string;
}

const COMMAND = /^\/coppice[ \t]+(guide|approve|cancel|pause|resume)\b[ \t]*(.*)$/s;

/** The command a comment begins with, e.g. `/coppice guide use sliding expiration`. */
export function commandOf({ text }: Pick<FeedbackItem, 'text'>): CommentCommand | undefined {
  const match = COMMAND.exec(text.trimStart());
  if (!match) return undefined;
  const command = match[1] as CommentCommand['do'];
  const words = (match[2] ?? '').trim().slice(0, MAX_GUIDANCE);
  return command === 'guide' && words === '' ? undefined : { do: command, text: words };
}

/** Whether a comment means to command, rightly or not. */
export const looksLikeCommand = ({ text }: Pick<FeedbackItem, 'text'>): boolean =>
  /^\s*\/coppice\b/.test(text);
