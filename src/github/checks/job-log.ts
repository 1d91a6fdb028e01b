import { stripVTControlCharacters } from 'node:util';

/** The last lines of a failed job’s log, which may be of any size. */

/** Lines kept of a log, and characters of a line: far more than an excerpt holds. */
const LINES = 400;
const LINE = 600;

/** Characters of the excerpt, and how many of them what the check says of itself may take. */
const EXCERPT = 4_000;
const SAID = 1_500;

/** What Actions writes when a command failed; the steps that come after it only clear up. */
const FAILED = /##\[error\]Process completed with exit code \d+/;

const TIME = /^\ufeff?\d{4}-\d\d-\d\dT[\d:.]+Z ?/;

/** The last lines of a log up to where a step failed, or to its end. What follows is not even downloaded. */
export async function endOfLog(log: ReadableStream<Uint8Array>): Promise<string[]> {
  const decoder = new TextDecoder();
  let lines: string[] = [];
  let rest = '';
  for await (const chunk of log) {
    const [first = '', ...others] = decoder.decode(chunk, { stream: true }).split('\n');
    const read = [rest + first, ...others];
    rest = (read.pop() ?? '').slice(0, LINE);
    for (const line of read) {
      lines.push(line.slice(0, LINE));
      if (FAILED.test(line)) return lines.slice(-LINES);
    }
    lines = lines.slice(-LINES);
  }
  return [...lines, rest].slice(-LINES);
}

/** What the failing step printed, without Actions' times, groups and colours. */
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

/** Both in one text, of the log its end. Mask secrets before: half of one is not recognised. */
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
