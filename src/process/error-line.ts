/** Lines that are not the error: progress, stack frames, and the version that Node.js prints at the end. */
const BESIDES =
  /^(\s*at .+|\s*\^+\s*|Node\.js v\d.*|go: (downloading|finding|extracting|found|added|upgraded) .*|npm (notice|http|warn) .*|\(node:\d+\) .*|\(Use `node .*|\s*[{}]\s*)$/i;

/** Matches a line that looks like an error message. */
const ERROR =
  /\b(\w*(error|exception)\b|fatal|panic|failed|failure|can(no|')t|could not|unable|no such|not (found|permitted|supported)|denied|refused|unexpected|invalid|timed? ?out|timeout|killed|no space)/i;

/** The first line after Node.js has shown where an error was thrown. */
const THROWN = /^\s*\^+\s*\n\s*\n?(\S.*)$/m;

/**
 * Finds the line in a program's output that says why it ended. This is the last line that looks like an error; without one it is
 * the last line that is neither progress nor part of a stack.
 * @returns an empty text when there is none
 */
export function errorLine(output: string): string {
  const thrown = THROWN.exec(output)?.[1];
  if (thrown !== undefined) return thrown.trim();
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !BESIDES.test(line));
  // A line that begins with `Error:` is more precise than lines that were logged before it.
  const named = lines.find((line) => /^(\w*Error|Error \[\w+\]|fatal|panic)\b.*: /.test(line));
  return (named ?? lines.findLast((line) => ERROR.test(line)) ?? lines.at(-1) ?? '').trim();
}
