/** How often an activity may fail in the same way before a person is asked. */
const SAME = 4;

/** How often it may fail on this machine in any way. */
const ANY = 12;

/** How many activities are remembered. A retry comes within a minute. */
const REMEMBERED = 1_000;

interface Failures {
  readonly text: string;
  readonly same: number;
  readonly all: number;
}

/**
 * Counts how often each activity failed with an error of this machine, so that a lasting error is not retried
 * for ever. Network failures are not counted here, but they are part of Temporal's number of attempts, so
 * that number can't be used. After a restart of the worker, counting starts again.
 */
export class RepeatedFailures {
  readonly #failures = new Map<string, Failures>();

  /**
   * Counts a failure.
   * @returns how often the activity has failed, if that is too often; undefined when it shall be retried
   */
  note(activity: string, text: string): number | undefined {
    const before = this.#failures.get(activity);
    const alike = withoutNumbers(text);
    const same = before?.text === alike ? before.same + 1 : 1;
    const all = (before?.all ?? 0) + 1;
    this.#failures.delete(activity);
    if (same >= SAME || all >= ANY) return all;
    this.#failures.set(activity, { text: alike, same, all });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > REMEMBERED && oldest !== undefined) this.#failures.delete(oldest);
    return undefined;
  }

  forget(activity: string): void {
    this.#failures.delete(activity);
  }
}

/**
 * Replaces numbers and hashes, because process ids, times, commits and names of temporary files differ each
 * time.
 */
const withoutNumbers = (text: string): string => text.replace(/\b[0-9a-f]{7,40}\b|\d+/g, '#');
