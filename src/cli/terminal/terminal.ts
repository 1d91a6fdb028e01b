import { Chalk, type ChalkInstance } from 'chalk';
import { lineReader } from './lines.ts';

/** Where a command reads and writes. */
export interface Terminal {
  /** Whether a person watches the output on a screen. */
  readonly isTTY: boolean;
  readonly columns: number;
  readonly color: ChalkInstance;
  /** Prints lines; a line end is added. */
  out(text: string): void;
  /** The same for what is not the command's answer: progress, warnings, errors. */
  err(text: string): void;
  /** Draws over what was drawn last. Only for a TTY. */
  redraw(text: string): Promise<void>;
  /** All of standard input as text. @throws when there is more than `limit` bytes */
  readInput(limit: number): Promise<string>;
  /** A line that a person types, or the next one of what is piped in; undefined at the end of it. */
  readLine(prompt: string): Promise<string | undefined>;
  /** From now on the command handles Ctrl-C itself. */
  takeInterrupts(): void;
}

/** The widest line that is composed for a screen, in characters. */
const MAX_COLUMNS = 160;

export function processTerminal(
  onInterrupt: () => void,
  onClosed: () => void = () => process.exit(0),
): Terminal {
  const { stdin, stdout, stderr, env } = process;
  const isTTY = stdout.isTTY === true;
  const colored = isTTY && !env.NO_COLOR && env.TERM !== 'dumb';
  for (const stream of [stdout, stderr]) stream.on('error', whenClosed(onClosed));
  // Not `once`: log-update ends the process at a signal to which nobody else seems to listen.
  process.on('SIGINT', onInterrupt);
  return {
    isTTY,
    columns: Math.min(stdout.columns || 80, MAX_COLUMNS),
    color: new Chalk({ level: colored ? 1 : 0 }),
    out: (text) => stdout.write(`${text}\n`),
    err: (text) => stderr.write(`${text}\n`),
    async redraw(text) {
      const { default: logUpdate } = await import('log-update');
      logUpdate(text);
    },
    readInput: (limit) => readAll(stdin, limit),
    readLine: lineReader(stdin, stdout),
    takeInterrupts: () => process.removeListener('SIGINT', onInterrupt),
  };
}

/** Whoever read our output has seen enough (`coppice status | head -1`), or closed the window. */
const whenClosed =
  (onClosed: () => void) =>
  (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    onClosed();
  };

async function readAll(stream: AsyncIterable<Buffer | string>, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > limit) throw new RangeError(`standard input has more than ${limit} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
