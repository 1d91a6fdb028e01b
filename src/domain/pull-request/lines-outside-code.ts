/** The start of a code fence, also inside of lists. A fence of backticks has no other backticks on its line: "```js``` is odd" is a sentence. */
const FENCE = /^\s*(?:(?:[-*+]|\d{1,9}[.)])\s+)*(`{3,}(?!.*`)|~{3,})/;
const BLOCKS = [
  { begin: /<!--/, end: /-->/ },
  { begin: /<pre\b/i, end: /<\/pre>/i },
] as const;

/**
 * Tells for each line of a comment whether it is ordinary text: outside of fences, indented code, `<pre>` and HTML comments.
 * A block that is not closed continues to the end. In doubt a line counts as code, so that an example is never a command.
 */
export function linesOutsideCode(lines: readonly string[]): boolean[] {
  let fence: string | undefined;
  let end: RegExp | undefined;
  return lines.map((line) => {
    if (end) {
      if (end.test(line)) end = undefined;
      return false;
    }
    if (fence !== undefined) {
      if (closes(line, fence)) fence = undefined;
      return false;
    }
    fence = FENCE.exec(line)?.[1];
    if (fence !== undefined) return false;
    const block = BLOCKS.find(({ begin }) => begin.test(line));
    if (block && !block.end.test(line.slice(line.search(block.begin)))) end = block.end;
    return !block && !/^(?: {4}|\s*\t)/.test(line);
  });
}

/** Whether a line closes the fence: it has only the fence's character, at least as many times. */
const closes = (line: string, fence: string): boolean => {
  const text = line.trim();
  return text.length >= fence.length && [...text].every((character) => character === fence[0]);
};
