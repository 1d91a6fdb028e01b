import type { Nodes } from 'mdast';
import { visibleCharacters } from '../domain/shared/text.ts';
import { type Edit, edited } from './edits.ts';
import { parseMarkdown } from './parse.ts';

export interface VisibleText {
  readonly text: string;
  /** What was left out, in words, such as `2 HTML comments`; empty when nothing was. */
  readonly hidden: readonly string[];
}

/**
 * Somebody's Markdown as a reader on GitHub sees it without a click: without HTML comments, the content of closed `<details>`, the
 * descriptions of images, and characters that are not seen.
 * @param keepClosed whether the content of closed `<details>` stays, which bots use for what they found
 */
export function visibleMarkdown(
  markdown: string,
  { keepClosed = false }: { readonly keepClosed?: boolean } = {},
): VisibleText {
  const text = visibleCharacters(markdown);
  const nodes = [...leaves(parseMarkdown(text))];
  const tags = nodes.flatMap((node) => (node.type === 'html' ? tagsIn(node, text) : []));
  const sections = keepClosed ? [] : closedSections(tags, text);
  const isInSection = ({ from }: Edit) =>
    sections.some((section) => section.from <= from && from < section.to);
  const outside = (edits: readonly Edit[]) => edits.filter((edit) => !isInSection(edit));
  const comments = outside(tags.filter(({ kind }) => kind === 'comment'));
  const images = outside(nodes.flatMap((node) => described(node)));
  const characters = markdown.replaceAll('\r\n', '\n').length - text.length;
  return {
    text: edited(text, [...sections, ...comments, ...images]),
    hidden: [
      ...counted(comments.length, 'HTML comment'),
      ...counted(sections.length, 'closed section'),
      ...counted(images.length, 'image description'),
      ...counted(characters, 'invisible character'),
    ],
  };
}

const counted = (count: number, what: string): string[] =>
  count === 0 ? [] : [`${count} ${what}${count === 1 ? '' : 's'}`];

function* leaves(node: Nodes): Generator<Nodes> {
  if ('children' in node) for (const child of node.children) yield* leaves(child);
  else yield node;
}

/** A tag or a comment; as an edit it is taken out. */
interface Tag extends Edit {
  readonly kind: 'comment' | 'opens' | 'opensShown' | 'closes' | 'summary';
}

const TAGS = /<!--[\s\S]*?(?:-->|$)|<details\b[^>]*>|<\/details\s*>|<\/summary\s*>/gi;

function tagsIn(node: Nodes, text: string): Tag[] {
  const start = node.position?.start.offset ?? 0;
  const source = text.slice(start, node.position?.end.offset);
  return [...source.matchAll(TAGS)].map(({ 0: tag, index }) => ({
    kind: kindOf(tag.toLowerCase()),
    from: start + index,
    to: start + index + tag.length,
    text: '',
  }));
}

function kindOf(tag: string): Tag['kind'] {
  if (tag.startsWith('<!--')) return 'comment';
  if (tag.startsWith('</summary')) return 'summary';
  if (tag.startsWith('</')) return 'closes';
  return /\sopen\b/.test(tag) ? 'opensShown' : 'opens';
}

/** What stands in closed `<details>`, behind their summary; one that nothing ends goes on to the end. */
function closedSections(tags: readonly Tag[], text: string): Edit[] {
  const sections: Edit[] = [];
  /** Of each open element whether it is shown. */
  const open: boolean[] = [];
  let start: number | undefined;
  const end = (at: number) => {
    if (start !== undefined && text.slice(start, at).trim() !== '')
      sections.push({ from: start, to: at, text: '\n' });
    start = undefined;
  };
  for (const { kind, from, to } of tags) {
    if (kind === 'opens' || kind === 'opensShown') {
      open.push(kind === 'opensShown');
      if (kind === 'opens') start ??= to;
    } else if (kind === 'summary' && open.filter((shown) => !shown).length === 1) {
      if (start !== undefined) start = to;
    } else if (kind === 'closes') {
      open.pop();
      if (open.every((shown) => shown)) end(from);
    }
  }
  end(text.length);
  return sections;
}

function described(node: Nodes): Edit[] {
  if ((node.type !== 'image' && node.type !== 'imageReference') || !node.alt) return [];
  const from = node.position?.start.offset ?? 0;
  const to = node.position?.end.offset ?? 0;
  return [{ from, to, text: node.type === 'image' ? `![](${node.url})` : '(image)' }];
}
