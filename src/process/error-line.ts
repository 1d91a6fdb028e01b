/** What a program prints beside its error: progress, stacks, and the version that Node.js adds at the end. */
const BESIDES =
  /^(\s*at .+|\s*\^+\s*|Node\.js v\d.*|go: (downloading|finding|extracting|found|added|upgraded) .*|npm (notice|http|warn) .*|\(node:\d+\) .*|\(Use `node .*|\s*[{}]\s*)$/i;

/** How a line looks that says what went wrong. */
const ERROR =
  /\b(\w*(error|exception)\b|fatal|panic|failed|failure|can(no|')t|could not|unable|no such|not (found|permitted|supported)|denied|refused|unexpected|invalid|timed? ?out|timeout|killed|no space)/i;

/** The first line after Node.js has shown where an error was thrown. */
const THROWN = /^\s*\^+\s*\n\s*\n?(\S.*)$/m;

/**
 * The line that says why a program ended, out of all that it wrote: the last that looks like an error, else the last that
 * is neither progress nor a stack.
 * @returns an empty text when there is none
 */
export function errorLine(output: string): string {
  const thrown = THROWN.exec(output)?.[1];
  if (thrown !== undefined) return thrown.trim();
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !BESIDES.test(line));
  // A line of its own, `Error: …`, says it better than what was logged on the way.
  const named = lines.find((line) => /^(\w*Error|Error \[\w+\]|fatal|panic)\b.*: /.test(line));
  return (named ?? lines.findLast((line) => ERROR.test(line)) ?? lines.at(-1) ?? '').trim();
}
