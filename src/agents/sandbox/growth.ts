import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The part of the limit that a program may write before its places are measured for the first time. */
const FIRST = 1 / 4;

/**
 * Tells whether places grew by more than a limit. Measuring them means to visit every file, so it is done
 * only when enough was written for that: most programs never write so much.
 */
export class Growth {
  private readonly limit: number;
  private readonly measure: () => Promise<number>;
  private base: number | undefined;
  private next: number;
  private isBusy = false;

  /**
   * @param limit in bytes
   * @param measure the present size of the places, in bytes
   */
  constructor(limit: number, measure: () => Promise<number>) {
    this.limit = limit;
    this.measure = measure;
    this.next = limit * FIRST;
  }

  /** @param written bytes that were written so far; files that are gone again count too */
  async isPassed(written: number): Promise<boolean> {
    if (this.isBusy || written < this.next) return false;
    this.isBusy = true;
    try {
      const size = await this.measure();
      this.base ??= Math.max(0, size - written);
      const left = this.limit - (size - this.base);
      this.next = written + Math.max(left, this.limit * FIRST);
      return left < 0;
    } finally {
      this.isBusy = false;
    }
  }
}

/** The bytes on disk of all files below some places. */
export async function sizeOf(places: readonly string[]): Promise<number> {
  // Files that vanish meanwhile make `du` fail, and it prints the sizes all the same.
  const { stdout } = await promisify(execFile)('du', ['-skx', '--', ...places]).catch(
    (error: Error & { stdout?: string }) => ({ stdout: error.stdout ?? '' }),
  );
  return [...stdout.matchAll(/^(\d+)\s/gm)].reduce((sum, [, kb]) => sum + Number(kb) * 1_024, 0);
}
