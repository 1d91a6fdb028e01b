import { wordsOf } from './mentions.ts';

/** A commit that changed more files than this tells little of what belongs together. */
const LARGEST_COMMIT = 25;

/** A file that this share of commits changes (a changelog, a lockfile) goes with everything, and so says nothing. */
const EVERYWHERE = 0.15;

/** Files must have changed together this often before it counts. */
const TOGETHER = 2;

/** A commit of the past, as far as it tells where work on something like it is. */
export interface PastChange {
  readonly title: string;
  readonly files: readonly string[];
}

/** A codebase's files by their names and words, and what its history changes together. */
export class Codemap {
  readonly files: ReadonlySet<string>;
  readonly #byName = new Map<string, string[]>();
  readonly #byDirectory = new Map<string, string[]>();
  readonly #byWord = new Map<string, string[]>();
  readonly #commitsOf = new Map<string, (readonly string[])[]>();
  readonly #everywhere: number;

  readonly #changes: readonly PastChange[];
  readonly #changesWithWord = new Map<string, number[]>();

  /** @param changes recent commits */
  constructor(files: readonly string[], changes: readonly PastChange[]) {
    this.files = new Set(files);
    for (const file of files) {
      const parts = file.split('/');
      for (let from = 0; from < parts.length; from++)
        push(this.#byName, parts.slice(from).join('/').toLowerCase(), file);
      for (let to = 1; to < parts.length; to++)
        for (let from = 0; from < to; from++)
          push(this.#byDirectory, parts.slice(from, to).join('/').toLowerCase(), file);
      for (const word of new Set(wordsOf(file))) push(this.#byWord, word, file);
    }
    const small = changes.filter((change) => change.files.length <= LARGEST_COMMIT);
    this.#changes = small;
    for (const [index, change] of small.entries()) {
      for (const file of change.files)
        if (this.files.has(file)) push(this.#commitsOf, file, change.files);
      for (const word of new Set(wordsOf(change.title))) push(this.#changesWithWord, word, index);
    }
    this.#everywhere = Math.max(10, small.length * EVERYWHERE);
  }

  /** Files whose path is, or ends with, `name`. */
  named = (name: string): readonly string[] => this.#byName.get(name.toLowerCase()) ?? [];

  /** Files somewhere below a directory whose path is, or ends with, `name`. */
  below = (name: string): readonly string[] => this.#byDirectory.get(name.toLowerCase()) ?? [];

  /** Files with the word in their path. */
  withWord = (word: string): readonly string[] => this.#byWord.get(word) ?? [];

  isEverywhere = (file: string): boolean =>
    (this.#commitsOf.get(file)?.length ?? 0) > this.#everywhere;

  /** Changes of the past whose titles have rare words in common with `words`, most alike first. */
  changesLike(words: readonly string[], most: number): { change: PastChange; likeness: number }[] {
    const scores = new Map<number, number>();
    for (const word of words) {
      const having = this.#changesWithWord.get(word) ?? [];
      if (having.length === 0 || having.length > this.#changes.length / 10) continue;
      const rarity =
        Math.log(this.#changes.length / having.length) / Math.log(this.#changes.length);
      for (const index of having) scores.set(index, (scores.get(index) ?? 0) + rarity);
    }
    return [...scores]
      .map(([index, score]) => {
        const change = this.#changes[index] ?? { title: '', files: [] };
        return { change, likeness: score / Math.sqrt(wordsOf(change.title).length + 1), index };
      })
      .sort((a, b) => b.likeness - a.likeness || a.index - b.index)
      .slice(0, most);
  }

  /** Files that changed together with this one, with the share of its commits that changed both. */
  changedWith(file: string): ReadonlyMap<string, number> {
    const commits = this.#commitsOf.get(file) ?? [];
    const counts = new Map<string, number>();
    for (const commit of commits)
      for (const other of commit)
        if (other !== file && this.files.has(other))
          counts.set(other, (counts.get(other) ?? 0) + 1);
    return new Map(
      [...counts]
        .filter(([other, count]) => count >= TOGETHER && !this.isEverywhere(other))
        // One more than there were: two of two are less sure than ten of ten.
        .map(([other, count]) => [other, count / (commits.length + 1)]),
    );
  }
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
