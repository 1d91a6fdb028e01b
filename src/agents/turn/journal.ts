import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { plainLines } from '../../domain/shared/text.ts';

/** The longest line that is read, in bytes. Longer lines are skipped. */
export const MAX_LINE = 1024 * 1024;

/** How much is read at once, in bytes, because an agent may write faster than Coppice reads. */
const LOOK = 8 * 1024 * 1024;

const CHUNK = 64 * 1024;
const NEWLINE = 0x0a;

/**
 * Reads a journal while it may still be written, and returns each line once, when it is complete. The part
 * that the supervisor removed from its middle looks like one line of zeros that is too long.
 */
export class Journal {
  /** Bytes read so far. */
  bytes = 0;
  /** Bytes of lines that were too long, or were removed. */
  skipped = 0;
  private readonly path: string;
  private rest: Buffer[] = [];
  private restLength = 0;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * Returns new complete lines, or some of them when there are many.
   * @param last whether to return all lines, including an unfinished one at the end
   */
  *lines(last = false): Generator<string> {
    const file = openIfThere(this.path);
    // After a power cut, an attempt may have no journal.
    if (file === undefined) return;
    try {
      if (fstatSync(file).size < this.bytes) this.startOver();
      const chunk = Buffer.allocUnsafe(CHUNK);
      for (
        const until = last ? Number.POSITIVE_INFINITY : this.bytes + LOOK;
        this.bytes < until;
      ) {
        const length = readSync(file, chunk, 0, CHUNK, this.bytes);
        if (length === 0) break;
        this.bytes += length;
        yield* this.split(chunk.subarray(0, length));
      }
      if (last && this.restLength > 0) yield* this.complete();
    } finally {
      closeSync(file);
    }
  }

  /** Starts from the beginning, because the supervisor or the agent emptied the file. */
  private startOver(): void {
    this.bytes = 0;
    this.rest = [];
    this.restLength = 0;
  }

  private *split(chunk: Buffer): Generator<string> {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      this.keep(chunk.subarray(from, at));
      yield* this.complete();
      from = at + 1;
    }
    this.keep(chunk.subarray(from));
  }

  private keep(part: Buffer): void {
    this.restLength += part.length;
    if (this.restLength > MAX_LINE) this.rest = [];
    else this.rest.push(Buffer.from(part));
  }

  private *complete(): Generator<string> {
    // Bytes that are not UTF-8 become replacement characters.
    if (this.restLength <= MAX_LINE) yield Buffer.concat(this.rest).toString('utf8');
    else this.skipped += this.restLength;
    this.rest = [];
    this.restLength = 0;
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * The last `bytes` of a text file, from the start of a line, without control characters; empty when there is
 * no file.
 */
export function tailOf(path: string, bytes: number): string {
  const file = openIfThere(path);
  if (file === undefined) return '';
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(size, bytes));
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
    const text = plainLines(buffer.toString('utf8'));
    return (size > bytes ? text.slice(text.indexOf('\n') + 1) : text).trim();
  } finally {
    closeSync(file);
  }
}
