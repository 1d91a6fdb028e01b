import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** A named pipe to which a program under measurement writes a line. */
export class Pipe {
  readonly path: string;

  constructor(path: string) {
    execFileSync('mkfifo', [path]);
    this.path = path;
  }

  /** When the next line came, as of `performance.now()`. To be called before the program is started. */
  async next(): Promise<number> {
    await readFile(this.path);
    return performance.now();
  }
}
