import { isByproduct } from './file-kind.ts';
import { wordsOf } from './mentions.ts';
import { TextIndex } from './text-index.ts';

/** A commit with more files than this says little about which files belong together. */
const LARGEST_COMMIT = 25;

/** A word of a file's path counts as much as a word of this many changes. */
const PATH_COUNTS = 2;

/** An earlier commit, which shows where work on a similar subject was. */
export interface PastChange {
  readonly title: string;
  readonly files: readonly string[];
}

/** An index of a codebase: its files by name and word, and which files its history changed together. */
export class Codemap {
  readonly files: ReadonlySet<string>;
  readonly #byName = new Map<string, string[]>();
  readonly #byDirectory = new Map<string, string[]>();
  readonly #byWord = new Map<string, string[]>();
  readonly #texts = new TextIndex();
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
      const words = wordsOf(file);
      for (const word of new Set(words)) push(this.#byWord, word, file);
      if (!isByproduct(file)) this.#texts.add(file, words, PATH_COUNTS);
    }
    const small = changes.filter((change) => change.files.length <= LARGEST_COMMIT);
    this.#changes = small;
    for (const [index, change] of small.entries()) {
      const words = wordsOf(change.title);
      for (const word of new Set(words)) push(this.#changesWithWord, word, index);
      for (const file of change.files)
        if (this.files.has(file) && !isByproduct(file))
          this.#texts.add(file, words, 1 / Math.sqrt(change.files.length));
    }
  }

  /** Files whose path is, or ends with, `name`. */
  named = (name: string): readonly string[] => this.#byName.get(name.toLowerCase()) ?? [];

  /** Files somewhere below a directory whose path is, or ends with, `name`. */
  below = (name: string): readonly string[] => this.#byDirectory.get(name.toLowerCase()) ?? [];

  /** Files with the word in their path. */
  withWord = (word: string): readonly string[] => this.#byWord.get(word) ?? [];

  /**
   * Files whose path and earlier changes use the words, with their likeness from 0 to 1, the most alike
   * first.
   */
  alike = (words: ReadonlyMap<string, number>, most: number): [path: string, likeness: number][] =>
    this.#texts.alike(words, most);

  /** Earlier changes whose titles share rare words with `words`, the most alike first. */
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
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
