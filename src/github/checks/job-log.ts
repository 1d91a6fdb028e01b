import { stripVTControlCharacters } from 'node:util';

/** The relevant end of a failed job's log, which may have any size. */

/** How many lines of a log, and characters of a line, are kept: far more than an excerpt has. */
const LINES = 400;
const LINE = 600;

/** Length of the excerpt in characters, and how much of it the check's own report may use. */
const EXCERPT = 4_000;
const SAID = 1_500;

/** The line that Actions writes when a command failed. */
const FAILED = /##\[error\]Process completed with exit code \d+/;

const TIME = /^\ufeff?(\d{4}-\d\d-\d\dT[\d:.]+Z) ?/;

/** GitHub tells the end of a step in whole seconds. */
const SECOND = 1_000;

/**
 * The last lines of a log, up to the end of the step that failed. Steps that were allowed to fail come before it, and
 * steps that clean up after it.
 * @param endedAt when that step ended, in milliseconds since 1970; then the rest is not downloaded. If it is not known,
 *   the last command that failed counts, or the end of the log.
 */
export async function endOfLog(
  log: ReadableStream<Uint8Array>,
  endedAt?: number,
): Promise<string[]> {
  let lines: string[] = [];
  let upToFailure: string[] | undefined;
  for await (const line of linesOf(log)) {
    const time = TIME.exec(line)?.[1];
    if (endedAt !== undefined && time && Date.parse(time) >= endedAt + SECOND)
      return lines.slice(-LINES);
    lines.push(line);
    if (lines.length >= 2 * LINES) lines = lines.slice(-LINES);
    if (endedAt === undefined && FAILED.test(line)) upToFailure = lines.slice(-LINES);
  }
  return upToFailure ?? lines.slice(-LINES);
}

/** The lines of a text of any size, each of bounded length. */
async function* linesOf(text: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of text) {
    const [first = '', ...others] = decoder.decode(chunk, { stream: true }).split('\n');
    const read = [rest + first, ...others];
    rest = (read.pop() ?? '').slice(0, LINE);
    for (const line of read) yield line.slice(0, LINE);
  }
  if (rest !== '') yield rest;
}

/** The output of the failed step, without the timestamps, groups and colours of Actions. */
export function failingStep(log: readonly string[]): string {
  const lines = log.map((line) => stripVTControlCharacters(line.replace(TIME, '')).trimEnd());
  const end = lines.findLastIndex((line) => line.startsWith('##[error]'));
  const kept = end < 0 ? lines : lines.slice(0, end + 1);
  const begin = kept.findLastIndex((line) => line.startsWith('##[group]Run '));
  return kept
    .slice(Math.max(0, begin))
    .filter((line) => !/^##\[(endgroup|debug)\]/.test(line))
    .map((line) => line.replace(/^##\[error\]/, 'Error: ').replace(/^##\[\w+\]/, ''))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/**
 * Joins a check's own report and the end of its log in one text. Secrets must be masked before, because half
 * of a secret is not recognised.
 */
export function excerpt(said: string, log: string): string {
  const head = shorten(said.trim(), SAID);
  const room = EXCERPT - head.length - 2;
  const tail = log.length <= room ? log : `[…]\n${fromLineStart(log, log.length - room + 4)}`;
  return [head, tail]
    .filter((part) => part !== '')
    .join('\n\n')
    .toWellFormed();
}

const shorten = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 4)}\n[…]` : text;

function fromLineStart(text: string, at: number): string {
  const end = text.indexOf('\n', at);
  return text.slice(end < 0 ? at : end + 1);
}
