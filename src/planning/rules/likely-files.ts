import { oneLine } from '../../domain/shared/text.ts';
import type { Codemap } from './codemap.ts';
import { type Mentions, wordsOf } from './mentions.ts';

/** A file that work on an issue will probably change. */
export interface LikelyFile {
  readonly path: string;
  /** From 0 to 1: how probable it is. An estimate to compare with others, measured by `npm run bench -- planning`. */
  readonly weight: number;
  /** What it was taken from, in words. */
  readonly why: string;
  /** Whether the text led to it, or only the codebase's history. */
  readonly basis: 'text' | 'history';
}

/** Weights of a hit of each kind; several candidates for one mention share its weight. */
const WEIGHT = {
  path: 0.9,
  directory: 0.7,
  symbolName: 0.7,
  symbol: 0.6,
  words: 0.6,
  together: 0.7,
  past: 0.8,
} as const;

/** A mention that fits more files than this names none. */
const MOST_CANDIDATES = 12;
/** Directories are meant as a whole, up to this size. */
const LARGEST_DIRECTORY = 60;
const LEAST_WEIGHT = 0.08;
const MOST_FILES = 30;

/** Too common in issues to say where the work is. */
const COMMON = new Set(
  'the and for with not that this from when should add fix use new into make support have has can are was but you all out get set its one more only also does page file files code test tests error issue bug feature update change remove allow type name value like instead without after before about index main src lib app core util utils common readme docs'.split(
    ' ',
  ),
);

/**
 * The files that work on an issue will probably change, most likely first.
 * @param containing files that contain each of the symbols
 */
export function likelyFiles(
  mentions: Mentions,
  map: Codemap,
  containing: ReadonlyMap<string, readonly string[]>,
): LikelyFile[] {
  const found = new Map<string, LikelyFile>();
  const note = (path: string, weight: number, why: string, basis: LikelyFile['basis'] = 'text') => {
    if (weight > (found.get(path)?.weight ?? 0)) found.set(path, { path, weight, why, basis });
  };
  const spread = (files: readonly string[], weight: number, why: string) => {
    if (files.length <= MOST_CANDIDATES)
      for (const path of files) note(path, weight / Math.sqrt(files.length), why);
  };

  for (const mention of mentions.paths) {
    const path = mention.replace(/\/$/, '');
    const files = map.named(path);
    if (map.files.has(path)) note(path, WEIGHT.path, 'named');
    else if (files.length > 0) spread(files, WEIGHT.path, `${mention} named`);
    else if (mention.includes('/')) {
      const inside = map.below(path);
      if (inside.length <= LARGEST_DIRECTORY)
        for (const file of inside)
          note(file, WEIGHT.directory / Math.sqrt(inside.length), `${path}/ named`);
    }
  }
  for (const symbol of mentions.symbols) {
    spread(namedAfter(symbol, map), WEIGHT.symbolName, `${symbol} named`);
    spread(containing.get(symbol) ?? [], WEIGHT.symbol, `contains ${symbol}`);
  }
  for (const [path, { score, words }] of byWords(mentions, map))
    note(path, WEIGHT.words * score, `about ${words.join(' and ')}`);

  for (const [path, { share, title }] of byPast(mentions, map))
    note(path, WEIGHT.past * share, `changed for “${oneLine(title, 50)}”`, 'history');

  const direct = [...found.values()].sort(mostLikelyFirst).slice(0, MOST_FILES);
  for (const { path, weight } of direct)
    for (const [other, share] of map.changedWith(path))
      note(other, WEIGHT.together * weight * share, `changes with ${path}`, 'history');
  return [...found.values()]
    .filter(({ weight }) => weight >= LEAST_WEIGHT)
    .sort(mostLikelyFirst)
    .slice(0, MOST_FILES);
}

const mostLikelyFirst = (a: LikelyFile, b: LikelyFile): number =>
  b.weight - a.weight || (a.path < b.path ? -1 : 1);

/** Files that carry a symbol's words in the last parts of their path: `AuthService` → `auth/service.ts`. */
function namedAfter(symbol: string, map: Codemap): string[] {
  const words = wordsOf(symbol);
  const [rarest = []] = words.map(map.withWord).sort((a, b) => a.length - b.length);
  if (words.length < 2 || rarest.length > 500) return [];
  return rarest.filter((path) => {
    const tail = wordsOf(path.split('/').slice(-2).join('/'));
    return words.every((word) => tail.includes(word));
  });
}

/** Files by the rare words their path shares with the text; those of the title and of the file's own name count in full. */
function byWords(
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

/** Past changes that are compared. */
const NEIGHBOURS = 15;

/** Files that changes like this one changed, by their share of the likeness. */
function byPast(
  { titleWords, words }: Mentions,
  map: Codemap,
): Map<string, { share: number; title: string }> {
  const telling = [...new Set([...titleWords, ...words])].filter((word) => !COMMON.has(word));
  const neighbours = map.changesLike(telling, NEIGHBOURS);
  const total = neighbours.reduce((sum, { likeness }) => sum + likeness, 0.7);
  const found = new Map<string, { share: number; title: string }>();
  for (const { change, likeness } of neighbours)
    for (const path of change.files) {
      if (!map.files.has(path) || map.isEverywhere(path)) continue;
      const former = found.get(path);
      found.set(path, {
        share: (former?.share ?? 0) + likeness / total,
        title: former?.title ?? change.title,
      });
    }
  return found;
}
