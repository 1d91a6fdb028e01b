import { oneLine } from '../../domain/shared/text.ts';
import type { Codemap } from './codemap.ts';
import { isByproduct } from './file-kind.ts';
import { type Mentions, wordsOf } from './mentions.ts';

/**
 * Ways in which an issue's text leads to a file. For each file and signal, the strongest match counts, from 0
 * to 1.
 */
export const SIGNALS = [
  'path',
  'directory',
  'symbolName',
  'symbol',
  'words',
  'past',
  'alike',
] as const;
export type Signal = (typeof SIGNALS)[number];

/** The signals for one file. */
export interface Signals {
  readonly strength: Partial<Record<Signal, number>>;
  readonly why: Partial<Record<Signal, string>>;
}

/** The reason for a file whose whole path is in the text. */
export const NAMED = 'named';

/** A mention that matches more files than this is ignored. */
const MOST_CANDIDATES = 12;
/** A named directory with more files than this is ignored. */
const LARGEST_DIRECTORY = 60;

/** Words that are too common in issues to show where the work is. */
const COMMON = new Set(
  'the and for with not that this from when should add fix use new into make support have has can are was but you all out get set its one more only also does page file files code test tests error issue bug feature update change remove allow type name value like instead without after before about index main src lib app core util utils common readme docs'.split(
    ' ',
  ),
);

/**
 * Finds the files that an issue names, and those to which its words lead.
 * @param containing files that contain each of the symbols
 */
export function signalsOf(
  mentions: Mentions,
  map: Codemap,
  containing: ReadonlyMap<string, readonly string[]>,
): Map<string, Signals> {
  const found = new Map<string, Signals>();
  const note = (signal: Signal, path: string, strength: number, why: string) => {
    const { strength: known, why: reasons } = found.get(path) ?? { strength: {}, why: {} };
    if (strength <= (known[signal] ?? 0)) return;
    found.set(path, {
      strength: { ...known, [signal]: strength },
      why: { ...reasons, [signal]: why },
    });
  };
  const spread = (signal: Signal, files: readonly string[], why: string) => {
    if (files.length <= MOST_CANDIDATES)
      for (const path of files) note(signal, path, 1 / Math.sqrt(files.length), why);
  };

  for (const mention of mentions.paths) {
    const path = mention.replace(/\/$/, '');
    const files = map.named(path);
    if (map.files.has(path)) note('path', path, 1, NAMED);
    else if (files.length > 0) spread('path', files, `${mention} named`);
    else if (mention.includes('/')) {
      const inside = map.below(path);
      if (inside.length <= LARGEST_DIRECTORY)
        for (const file of inside)
          note('directory', file, 1 / Math.sqrt(inside.length), `${path}/ named`);
    }
  }
  for (const symbol of mentions.symbols) {
    spread('symbolName', namedAfter(symbol, map), `${symbol} named`);
    spread('symbol', containing.get(symbol) ?? [], `contains ${symbol}`);
  }
  for (const [path, { score, words }] of byWords(mentions, map))
    note('words', path, score, `about ${words.join(' and ')}`);
  const telling = [...new Set([...mentions.titleWords, ...mentions.words])].filter(
    (word) => !COMMON.has(word),
  );
  for (const [path, { share, title }] of byPast(telling, map))
    note('past', path, share, `changed for “${oneLine(title, 50)}”`);
  const title = new Set(mentions.titleWords);
  const counts = new Map(telling.map((word) => [word, title.has(word) ? 1 : BODY_COUNTS]));
  for (const [path, likeness] of map.alike(counts, MOST_ALIKE))
    note('alike', path, likeness, 'its history uses the same words');
  for (const path of found.keys()) if (isByproduct(path)) found.delete(path);
  return found;
}

/** How much a word of the text counts, compared with one of the title. */
const BODY_COUNTS = 0.35;
const MOST_ALIKE = 20;

/** Files with a symbol's words in the last two parts of their path: `AuthService` → `auth/service.ts`. */
function namedAfter(symbol: string, map: Codemap): string[] {
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

/** How many earlier changes are compared. */
const NEIGHBOURS = 15;

/** Files of similar earlier changes, with their share of the likeness. */
function byPast(
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
