import { MAX_GUIDANCE } from '../session/guidance.ts';
import { linesOutsideCode } from './lines-outside-code.ts';

export interface CommentCommand {
  readonly do: 'guide' | 'option' | 'approve' | 'retry' | 'cancel' | 'pause' | 'resume' | 'wait';
  readonly text: string;
  /** The option that it chooses. */
  readonly option?: number;
}

/** What a comment commands. */
export interface Commanded {
  /** Null when it means to command, and says no command that Coppice knows. */
  readonly command: CommentCommand | null;
  /** What it says besides, for the agent. */
  readonly rest: string;
}

const NAMES = 'guide|option|approve|retry|cancel|pause|resume|wait';
/** Another sign between the words, as in `/coppice-cancel` and `/coppice, wait`. A path such as `/coppice/a.ts` is none. */
const MISSPELT = `[-_]\\w+[\\s.!]*|[-_./](?:${NAMES})(?:[\\s.!]*|[\\s,:].*)|[,;=!].*|\\.`;
/** Where a person writes it, a colon and capitals are no mistake. */
const LINE = new RegExp(`^\\s*/coppice(?:[\\s:]+(.*)|${MISSPELT})?$`, 'i');
const ALONE = /^(approve|retry|cancel|pause|resume|wait)[\s.!]*$/i;
const OPTION = /^option\s*#?([1-9]\d?)[\s.!]*$/i;
const GUIDE = /^guide\b:?(.*)$/i;

/**
 * The command of a comment: a line of its own that begins with `/coppice`, outside of code and quotes. It is the whole
 * line or nothing: a sentence that begins like a command is none. Only guidance takes words: the rest of the comment.
 * Two commands in one comment are none, because nobody could say which of them was followed.
 */
export function commandIn(comment: string): Commanded | undefined {
  const lines = comment.replaceAll('\r\n', '\n').split('\n');
  const said = linesOutsideCode(lines);
  const commanding = lines.filter((line, index) => said[index] && LINE.test(line));
  if (commanding.length > 1) {
    const rest = lines.filter((line) => !commanding.includes(line)).join('\n');
    return { command: null, rest: rest.trim() };
  }
  for (const [index, line] of lines.entries()) {
    const match = said[index] ? LINE.exec(line) : null;
    if (!match) continue;
    const words = (match[1] ?? '').trim();
    const before = lines.slice(0, index);
    const after = lines.slice(index + 1);
    const guide = GUIDE.exec(words);
    if (guide) {
      const text = [guide[1], ...after].join('\n').trim().slice(0, MAX_GUIDANCE);
      const command = text === '' ? null : ({ do: 'guide', text } as const);
      return { command, rest: before.join('\n').trim() };
    }
    const option = OPTION.exec(words)?.[1];
    const rest = [...before, ...after].join('\n').trim();
    if (option !== undefined)
      return { command: { do: 'option', text: '', option: Number(option) }, rest };
    const name = ALONE.exec(words)?.[1]?.toLowerCase() as CommentCommand['do'] | undefined;
    return {
      command: name ? { do: name, text: '' } : null,
      rest,
    };
  }
  return undefined;
}

/** What the author of a command hears that was not followed. */
export const COMMAND_HELP =
  'Coppice follows `/coppice guide …`, `/coppice option 2`, `/coppice approve`, `/coppice retry`, `/coppice pause`, `/coppice resume`, `/coppice wait` and `/coppice cancel`, each alone on its line, one in a comment, and in a comment that was not edited since. This one it did not follow.';
