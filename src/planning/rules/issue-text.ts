import { isDump, isEnvironment, isFormality, isPrinted, withoutDumps } from './boilerplate.ts';
import { type Block, readMarkdown } from './markdown.ts';

/** An issue's text as its author means it. */
export interface IssueText {
  /** What is said, without what a template, a tool or somebody else says. */
  readonly blocks: readonly Block[];
  /** The same in lines: `## heading`, `- item`, `- [ ] task`. */
  readonly prose: string;
  /** Code that is no log: what it names counts only where it exists. */
  readonly code: readonly string[];
  readonly links: readonly string[];
}

/** GitHub takes no longer text. */
const LONGEST = 65_536;
/** A longer line is no sentence of anybody, and slow to read. */
const LONGEST_LINE = 5_000;

const known = new WeakMap<object, IssueText>();

/** The text of an issue, read once for each. */
export function textOf(issue: { readonly body: string }): IssueText {
  const former = known.get(issue);
  if (former) return former;
  const text = readIssueText(issue.body);
  known.set(issue, text);
  return text;
}

export function readIssueText(body: string): IssueText {
  const document = readMarkdown(shortened(body));
  const blocks = withoutEmptySections(
    withoutSections(document.blocks).flatMap((block) => {
      const text = withoutDumps(block.text);
      return text === '' || (block.checked !== undefined && isFormality(text))
        ? []
        : [{ ...block, text }];
    }),
  );
  return {
    blocks,
    prose: blocks.map(inLines).join('\n'),
    code: [...document.inlineCode, ...document.codeBlocks.filter((code) => !isDump(code))],
    links: document.links,
  };
}

/** Printed lines in a row; more say no more. */
const MOST_PRINTED = 10;

const shortened = (body: string): string =>
  body.slice(0, LONGEST).replaceAll('\r\n', '\n').split('\n').flatMap(inShort()).join('\n');

function inShort(): (line: string) => string[] {
  let printed = 0;
  return (line) => {
    printed = isPrinted(line) ? printed + 1 : 0;
    return printed > MOST_PRINTED ? [] : [line.slice(0, LONGEST_LINE)];
  };
}

/** Sections of a template that hold what a tool printed. */
function withoutSections(blocks: readonly Block[]): Block[] {
  let skipped: number | undefined;
  return blocks.filter((block) => {
    if (block.kind === 'heading') {
      if (skipped !== undefined && block.depth <= skipped) skipped = undefined;
      if (skipped === undefined && isEnvironment(block.text)) skipped = block.depth;
    }
    return skipped === undefined;
  });
}

/** What people and forms write where there is nothing to say. */
const NOTHING = /^[\s_*(]*(?:no response|n\/?a|none|nothing|nope|-+|—|\.+|x)[\s_*).]*$/i;

function withoutEmptySections(blocks: readonly Block[]): Block[] {
  const said = blocks.filter(({ kind, text }) => kind === 'heading' || !NOTHING.test(text));
  return said.filter((block, index) => {
    if (block.kind !== 'heading') return true;
    for (const next of said.slice(index + 1, index + 20)) {
      if (next.kind !== 'heading') return true;
      if (next.depth <= block.depth) return false;
    }
    return false;
  });
}

function inLines({ kind, depth, checked, text }: Block): string {
  if (kind === 'heading') return `\n${'#'.repeat(depth)} ${text}`;
  if (kind === 'paragraph') return `${text}\n`;
  return `- ${checked === undefined ? '' : checked ? '[x] ' : '[ ] '}${text}`;
}
