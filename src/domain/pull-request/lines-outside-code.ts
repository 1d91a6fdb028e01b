/** A fence, as deep in lists as it stands. That of backticks has none behind it: "```js``` is odd" is a sentence. */
const FENCE = /^\s*(?:(?:[-*+]|\d{1,9}[.)])\s+)*(`{3,}(?!.*`)|~{3,})/;
const BLOCKS = [
  { begin: /<!--/, end: /-->/ },
  { begin: /<pre\b/i, end: /<\/pre>/i },
] as const;

/**
 * Whether each line of a comment is said, rather than shown as code or hidden: outside of fences, indented code, `<pre>` and
 * HTML comments. Whatever is not closed goes on to the end. In doubt a line is shown, so that nobody commands by an example.
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

/** A fence is closed by at least as many of the same character, alone on their line. */
const closes = (line: string, fence: string): boolean => {
  const text = line.trim();
  return text.length >= fence.length && [...text].every((character) => character === fence[0]);
};
