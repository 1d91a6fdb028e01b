/**
 * An index of texts by their words, for finding similar ones. Likeness is the cosine of the words, weighted
 * by rarity (TF-IDF).
 */
export class TextIndex {
  readonly #names: string[] = [];
  readonly #places = new Map<string, number>();
  /** For each word, how often each text contains it. */
  readonly #having = new Map<string, Map<number, number>>();
  #lengths: Float64Array | undefined;

  add(name: string, words: readonly string[], count: number): void {
    let place = this.#places.get(name);
    if (place === undefined) {
      place = this.#names.push(name) - 1;
      this.#places.set(name, place);
    }
    for (const word of words) {
      const having = this.#having.get(word);
      if (having) having.set(place, (having.get(place) ?? 0) + count);
      else this.#having.set(word, new Map([[place, count]]));
    }
    this.#lengths = undefined;
  }

  /**
   * The texts most similar to some words, with their likeness from 0 to 1.
   * @param words each word with its count
   */
  alike(words: ReadonlyMap<string, number>, most: number): [name: string, likeness: number][] {
    this.#lengths ??= this.#measure();
    const scores = new Map<number, number>();
    let square = 0;
    for (const [word, count] of words) {
      const rarity = this.#rarity(word);
      square += (count * rarity) ** 2;
      for (const [place, times] of this.#having.get(word) ?? [])
        scores.set(place, (scores.get(place) ?? 0) + count * rarity * frequency(times) * rarity);
    }
    const length = Math.sqrt(square) || 1;
    return [...scores]
      .map(([place, score]): [string, number] => [
        this.#names[place] ?? '',
        score / (length * (this.#lengths?.[place] || 1)),
      ])
      .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      .slice(0, most);
  }

  #rarity = (word: string): number =>
    Math.log((this.#names.length + 1) / ((this.#having.get(word)?.size ?? 0) + 1));

  #measure(): Float64Array {
    const squares = new Float64Array(this.#names.length);
    for (const [word, having] of this.#having) {
      const rarity = this.#rarity(word);
      for (const [place, times] of having)
        squares[place] = (squares[place] ?? 0) + (frequency(times) * rarity) ** 2;
    }
    return squares.map(Math.sqrt);
  }
}

/** A logarithm, because ten occurrences of a word say little more than five. */
const frequency = (times: number): number => Math.log1p(times);
