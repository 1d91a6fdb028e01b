import { nameToday } from './former-names.ts';
import { allKeys } from './keys.ts';

/** What a person probably meant by an unknown key under `path`, in words, or nothing. */
export function suggestKey(path: readonly string[], unknown: string): string {
  const today = nameToday(path, unknown);
  if (today !== undefined) return `it is ${today} today, which stands there too: remove one`;
  const keys = allKeys();
  const siblings = keys.filter(
    (key) => key.path.length === path.length + 1 && path.every((name, i) => key.path[i] === name),
  );
  const near = nearest(
    unknown,
    siblings.map((key) => key.path.at(-1) ?? ''),
  );
  if (near !== undefined) return `did you mean ${near}?`;
  const elsewhere = keys.find((key) => key.path.at(-1) === unknown);
  if (!elsewhere) return '';
  const [parent] = elsewhere.path.slice(-2);
  return elsewhere.path.length === 1 ? 'it belongs at the top' : `it belongs under ${parent}`;
}

/** The known word with the smallest edit distance, if the distance is at most a third of the word. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({
      candidate,
      distance: distance(word.toLowerCase(), candidate.toLowerCase()),
    }))
    .filter((entry) => entry.distance <= Math.max(1, Math.floor(entry.candidate.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}

/** Levenshtein's distance, a swap of neighbours counting as one; words much longer than a key are far from all. */
function distance(a: string, b: string): number {
  if (a.length > 40) return Number.POSITIVE_INFINITY;
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number) => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          at(i - 1, j) + 1,
          at(i, j - 1) + 1,
          at(i - 1, j - 1) + same,
          swapped ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(a.length, b.length);
}
