import {
  isDump,
  isEnvironment,
  isFormality,
  isPrinted,
  isProse,
  withoutDumps,
} from './boilerplate.ts';
import { type Block, BOLD_DEPTH, readMarkdown } from './markdown.ts';

/** The part of an issue's text that its author wrote. */
export interface IssueText {
  /** The author's own text, without that of templates, tools and quotes. */
  readonly blocks: readonly Block[];
  /** The same in lines: `## heading`, `- item`, `- [ ] task`. */
  readonly prose: string;
  /** Code that is not a log. A path in it counts only if it exists. */
  readonly code: readonly string[];
  readonly links: readonly string[];
}

/** The longest text that GitHub accepts, in characters. */
const LONGEST = 65_536;
/** The rest of a longer line is not read, in characters, because no sentence is so long. */
const LONGEST_LINE = 5_000;

const known = new WeakMap<object, IssueText>();

/** The parsed text of an issue, cached. */
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

/** How many consecutive printed lines are kept. */
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

/** Removes sections of a template that contain output of a tool. */
function withoutSections(blocks: readonly Block[]): Block[] {
  let skipped: number | undefined;
  return blocks.filter((block) => {
    if (block.kind === 'heading') {
      if (skipped !== undefined && block.depth <= skipped) skipped = undefined;
      if (skipped === undefined && block.depth < BOLD_DEPTH && isEnvironment(block.text))
        skipped = block.depth;
    }
    return skipped === undefined || (block.kind === 'paragraph' && isProse(block.text));
  });
}

/** What people and forms write in an empty section. */
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
