/** Task lists in Markdown, whose boxes people and programs tick. */

const BOX = /^(\s*(?:>\s*)*(?:[-*+]|\d+[.)])\s+)\[[ xX]\]/gm;

/** The text with all boxes empty, because a ticked box shows progress and does not change what is wanted. */
export const withoutTicks = (markdown: string): string => markdown.replace(BOX, '$1[ ]');

/** How many boxes a text has, and how many of them are ticked. */
export function boxesIn(markdown: string): { readonly all: number; readonly ticked: number } {
  const boxes = markdown.match(BOX) ?? [];
  return { all: boxes.length, ticked: boxes.filter((box) => !box.endsWith('[ ]')).length };
}

/** The text without the lines of its task lists. */
export const withoutTasks = (markdown: string): string =>
  markdown
    .split('\n')
    .filter((line) => boxesIn(line).all === 0)
    .join('\n');
