import type { Nodes, Paragraph, Table } from 'mdast';
import { parseMarkdown } from '../../markdown/parse.ts';

/** One line or paragraph of an author's text. */
export interface Block {
  readonly kind: 'heading' | 'paragraph' | 'item';
  /** The level of a heading, from 1. */
  readonly depth: number;
  /** Whether a task is done; undefined when it is not a task. */
  readonly checked: boolean | undefined;
  /** The text without markup and struck text. An ellipsis replaces code. */
  readonly text: string;
}

/** The parts of a Markdown document. */
export interface Document {
  readonly blocks: readonly Block[];
  /** The content of code, inline and in blocks. */
  readonly inlineCode: readonly string[];
  readonly codeBlocks: readonly string[];
  /** Targets of links. */
  readonly links: readonly string[];
}

const ISSUE_URL = /^https?:\/\/[^\s/]+\/[\w.-]+\/[\w.-]+\/(?:issues|pull)\/\d+/;
const REFERENCE = /#\d|GH-\d|^https?:/i;
const isList = (text: string): boolean =>
  text !== '' && text.split(/[\s,]+/).every((word) => /(?:#|\/|GH-)\d+$|^(?:and|&)$/i.test(word));
/** The depth of a line in bold type, which many templates have for a heading. */
export const BOLD_DEPTH = 7;
const LONGEST_HEADING = 80;
/** GitHub's alerts have the syntax of quotes, but they are the author's own text. */
const ALERT = /^\s*\[!(?:note|tip|important|warning|caution)\]\s*/i;

/** Parses Markdown. Quotes, `<details>`, images and HTML comments are left out. */
export function readMarkdown(markdown: string): Document {
  const reader = new Reader();
  reader.read(parseMarkdown(markdown));
  return reader;
}

class Reader implements Document {
  readonly blocks: Block[] = [];
  readonly inlineCode: string[] = [];
  readonly codeBlocks: string[] = [];
  readonly links: string[] = [];
  /** How many `<details>`, `<pre>` and similar elements are open. */
  #hidden = 0;

  read(node: Nodes, item?: { readonly checked: boolean | undefined }): void {
    if (node.type === 'html') this.#add('paragraph', this.#html(node.value));
    else if (node.type === 'code') this.#code(node.value);
    else if (node.type === 'heading') this.#add('heading', this.#text(node), node.depth);
    else if (node.type === 'paragraph') this.#paragraph(node, item);
    else if (node.type === 'table') this.#table(node);
    else if (node.type === 'blockquote') this.#quote(node);
    else if (node.type === 'listItem') {
      const [first, ...rest] = node.children;
      if (first) this.read(first, { checked: node.checked ?? undefined });
      for (const child of rest) this.read(child);
    } else if ('children' in node) for (const child of node.children) this.read(child);
  }

  #add(kind: Block['kind'], text: string, depth = 0, checked?: boolean): void {
    const clean = text.trim();
    if (this.#hidden === 0 && clean !== '') this.blocks.push({ kind, depth, checked, text: clean });
  }

  #code(value: string): void {
    if (this.#hidden === 0) this.codeBlocks.push(value);
  }

  /** Adds a paragraph. A first line in bold type becomes a heading. */
  #paragraph(node: Paragraph, item?: { readonly checked: boolean | undefined }): void {
    const text = this.#text(node);
    const [first] = node.children;
    const [line = '', ...rest] = text.trim().split('\n');
    const isHeading =
      !item &&
      first?.type === 'strong' &&
      this.#text(first).trim() === line.trim() &&
      line.length <= LONGEST_HEADING &&
      !/[.!]$|#\d/.test(line);
    if (isHeading) {
      this.#add('heading', line, BOLD_DEPTH);
      this.#add('paragraph', rest.join('\n'));
    } else this.#add(item ? 'item' : 'paragraph', text, 0, item?.checked);
  }

  /**
   * Adds the rows of a table. If a cell has references only, the title of its column is put before them. Rows
   * that name other issues too are not about this issue.
   */
  #table({ children: [header, ...rows] }: Table): void {
    const titles = header?.children.map((cell) => this.#text(cell).trim()) ?? [];
    this.#add('paragraph', titles.join('  '));
    for (const row of rows) {
      const cells = row.children.map((cell) => this.#text(cell).trim());
      const references = cells.filter((cell) => REFERENCE.test(cell));
      const alone = references.length === 1 ? cells.findIndex(isList) : -1;
      this.#add('paragraph', cells.filter((_, at) => at !== alone).join('  '));
      if (alone >= 0) this.#add('paragraph', `${titles[alone]}: ${cells[alone]}`);
    }
  }

  #quote(node: Extract<Nodes, { type: 'blockquote' }>): void {
    const [first] = node.children;
    const text = first?.type === 'paragraph' ? this.#text(first) : '';
    if (!ALERT.test(text)) return;
    this.#add('paragraph', text.replace(ALERT, ''));
    for (const child of node.children.slice(1)) this.read(child);
  }

  #text(node: Nodes): string {
    switch (node.type) {
      case 'html':
        return this.#html(node.value);
      case 'text':
        return this.#hidden > 0 ? '' : node.value;
      case 'inlineCode':
        if (this.#hidden === 0) this.inlineCode.push(node.value);
        return '…';
      case 'break':
        return '\n';
      case 'link': {
        const label = node.children.map((child) => this.#text(child)).join('');
        // A badge is a link around an image.
        if (label.trim() === '') return '';
        if (this.#hidden === 0) this.links.push(node.url);
        return ISSUE_URL.test(node.url) && !REFERENCE.test(label) ? node.url : label;
      }
      case 'delete':
      case 'image':
      case 'imageReference':
      case 'footnoteReference':
        return '';
      default:
        return 'children' in node ? node.children.map((child) => this.#text(child)).join('') : '';
    }
  }

  /** The text of raw HTML, without elements that hide it. */
  #html(value: string): string {
    let text = '';
    for (const part of value.replace(/<!--[\s\S]*?(?:-->|$(?![\s\S]))/g, '').split(/(<[^<>]*>)/)) {
      const [, end, name = ''] = /^<(\/?)([a-z][a-z0-9]*)/i.exec(part) ?? [];
      if (name === '') text += this.#hidden > 0 ? '' : part;
      else if (FOLDED.test(name)) this.#hidden = Math.max(0, this.#hidden + (end === '/' ? -1 : 1));
      else if (LINE.test(name)) text += '\n';
    }
    return text;
  }
}

const FOLDED = /^(?:details|pre|code|kbd|del|s|strike|blockquote|style|script)$/i;
const LINE = /^(?:br|p|div|li|h[1-6]|tr)$/i;
