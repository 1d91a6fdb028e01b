import { exclusively } from '../../git/command/mutex.ts';

/** The interval between two attempts, in milliseconds. */
const AGAIN = 2_000;

/**
 * Writes records of what workflows know. If a record can't be written because the disk is full or was
 * removed, it is kept in memory and written as soon as possible. A later record of the same name replaces it.
 * So no activity waits for the disk, and no record stays out of date until the next change.
 */
export class LateRecords {
  readonly #late = new Map<string, () => Promise<void>>();
  #timer: NodeJS.Timeout | undefined;

  /**
   * Writes a record now or later.
   * @throws errors that are not caused by the disk
   */
  async write(name: string, write: () => Promise<void>): Promise<void> {
    await exclusively(`record ${name}`, async () => {
      this.#late.delete(name);
      try {
        await write();
      } catch (error) {
        if (!isTroubleOfDisk(error)) throw error;
        this.#late.set(name, write);
        this.#timer ??= setInterval(() => void this.#catchUp(), AGAIN).unref();
      }
    });
  }

  async #catchUp(): Promise<void> {
    for (const [name, write] of this.#late)
      await exclusively(`record ${name}`, async () => {
        if (this.#late.get(name) !== write) return;
        try {
          await write();
        } catch (error) {
          if (isTroubleOfDisk(error)) return;
          console.error(`coppice: ${name} can't be written: ${error}`);
        }
        this.#late.delete(name);
      });
    if (this.#late.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

const TROUBLE = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EACCES', 'EPERM', 'ESTALE']);

const isTroubleOfDisk = (error: unknown): boolean =>
  error instanceof Error && TROUBLE.has((error as NodeJS.ErrnoException).code ?? '');
