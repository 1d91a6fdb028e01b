import type { Nodes, RootContent } from 'mdast';
import { CLOSING } from '../domain/pull-request/closing.ts';
import { visibleCharacters } from '../domain/shared/text.ts';
import { type Edit, edited } from './edits.ts';
import { parseMarkdown } from './parse.ts';

/** People and teams that GitHub would notify. */
const MENTION = /(?<![\w/.-])@[a-z\d](?:[\w-]*[a-z\d])?(?:\/[\w-]+)?/gi;

/**
 * Markdown of an agent or a person that only says something on GitHub: it notifies nobody, closes no issue, loads nothing from
 * elsewhere when somebody looks at it, hides nothing, and ends where it ends, so that what follows it is read as what it is.
 */
export function inertMarkdown(markdown: string): string {
  const text = visibleCharacters(markdown);
  const root = parseMarkdown(text);
  return edited(text, editsOf(root, text)) + closing(root.children.at(-1), text);
}

/** The same for a title, which is no Markdown, but which GitHub may take for the message of a commit. */
export const inertTitle = (title: string): string =>
  visibleCharacters(title).replace(CLOSING, '$1`$2`');

function editsOf(node: Nodes, text: string): Edit[] {
  const { from, to, source } = sourceOf(node, text);
  switch (node.type) {
    case 'html':
    case 'text':
      return [{ from, to, text: neutral(source) }];
    case 'image':
    case 'imageReference':
      return [{ from, to, text: '(image removed)' }];
    default:
      return 'children' in node ? node.children.flatMap((child) => editsOf(child, text)) : [];
  }
}

function sourceOf(node: Nodes, text: string) {
  const from = node.position?.start.offset ?? 0;
  const to = node.position?.end.offset ?? 0;
  return { from, to, source: text.slice(from, to) };
}

/** A lone backtick is no code; as an entity it can't end the code that is made here. */
const neutral = (source: string): string =>
  source
    .replaceAll('<', '&lt;')
    .replace(/\\?`/g, '&#96;')
    .replace(CLOSING, '$1`$2`')
    .replace(MENTION, '`$&`');

/** What ends a code block at the end of the text, when nothing does: it would take in whatever follows. */
function closing(last: RootContent | undefined, text: string): string {
  if (last?.type !== 'code') return '';
  const { source } = sourceOf(last, text);
  const fence = /^ {0,3}(`{3,}|~{3,})/.exec(source)?.[1];
  if (fence === undefined) return '';
  const lines = source.split('\n');
  const end = lines.length > 1 ? (lines.at(-1)?.trim() ?? '') : '';
  const isClosed = end.startsWith(fence) && end === fence.charAt(0).repeat(end.length);
  return isClosed ? '' : `\n${fence}`;
}
