/** How often an activity may fail in the same way before a person is asked. */
const SAME = 4;

/** How often it may fail on this machine in whatever ways. */
const ANY = 12;

/** Activities remembered; one that is tried again is so within a minute. */
const REMEMBERED = 1_000;

interface Failures {
  readonly text: string;
  readonly same: number;
  readonly all: number;
}

/**
 * Counts how often each activity failed with an error of this machine, so that one that stays the same is not tried for
 * ever. Failures of the network are not counted: Temporal's number of attempts has them too. A worker that starts anew
 * begins to count anew.
 */
export class Repeats {
  readonly #failures = new Map<string, Failures>();

  /** @returns how often it has failed, when that is enough; undefined when it shall be tried again */
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

/** Process ids, times, commits and names of drafts differ each time. */
const withoutNumbers = (text: string): string => text.replace(/\b[0-9a-f]{7,40}\b|\d+/g, '#');
