import type { Codemap } from './codemap.ts';
import { type Mentions, wordsOf } from './mentions.ts';

/** A mention that matches more files than this is ignored. */
export const MOST_CANDIDATES = 12;

/** Words that are too common in issues to show where the work is. */
export const COMMON = new Set(
  'the and for with not that this from when should add fix use new into make support have has can are was but you all out get set its one more only also does page file files code test tests error issue bug feature update change remove allow type name value like instead without after before about index main src lib app core util utils common readme docs'.split(
    ' ',
  ),
);

/** Files with a symbol's words in the last two parts of their path: `AuthService` → `auth/service.ts`. */
export function namedAfter(symbol: string, map: Codemap): string[] {
  const words = wordsOf(symbol);
  const [rarest = []] = words.map(map.withWord).sort((a, b) => a.length - b.length);
  if (words.length < 2 || rarest.length > 500) return [];
  return rarest.filter((path) => {
    const tail = wordsOf(path.split('/').slice(-2).join('/'));
    return words.every((word) => tail.includes(word));
  });
}

/**
 * Files whose path shares rare words with the text. Words of the title and of the file's own name count
 * fully.
 */
export function byWords(
  { titleWords, words }: Mentions,
  map: Codemap,
): Map<string, { score: number; words: string[] }> {
  const all = Math.log(map.files.size + 1);
  const title = new Set(titleWords);
  const hits = new Map<string, { score: number; words: string[] }>();
  for (const word of words) {
    if (COMMON.has(word)) continue;
    const files = map.withWord(word);
    if (files.length === 0 || files.length > Math.max(10, map.files.size / 10)) continue;
    const rarity = Math.log((map.files.size + 1) / files.length) / all;
    for (const path of files) {
      const ownName = wordsOf(path.slice(path.lastIndexOf('/') + 1)).includes(word);
      const hit = hits.get(path) ?? { score: 0, words: [] };
      hit.score += rarity * (title.has(word) ? 1 : 0.35) * (ownName ? 1 : 0.5);
      hit.words.push(word);
      hits.set(path, hit);
    }
  }
  return new Map(
    [...hits]
      .sort(([a, x], [b, y]) => y.score - x.score || (a < b ? -1 : 1))
      .slice(0, MOST_CANDIDATES)
      .map(([path, { score, words }]) => [
        path,
        { score: Math.min(1, score), words: words.slice(0, 3) },
      ]),
  );
}

/** How many earlier changes are compared. */
const NEIGHBOURS = 15;

/** Files of similar earlier changes, with their share of the likeness. */
export function byPast(
  telling: readonly string[],
  map: Codemap,
): Map<string, { share: number; title: string }> {
  const neighbours = map.changesLike(telling, NEIGHBOURS);
  const total = neighbours.reduce((sum, { likeness }) => sum + likeness, 0.7);
  const found = new Map<string, { share: number; title: string }>();
  for (const { change, likeness } of neighbours)
    for (const path of change.files) {
      if (!map.files.has(path)) continue;
      const former = found.get(path);
      found.set(path, {
        share: (former?.share ?? 0) + likeness / total,
        title: former?.title ?? change.title,
      });
    }
  return found;
}
