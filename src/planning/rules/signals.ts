import { oneLine } from '../../domain/shared/text.ts';
import type { Codemap } from './codemap.ts';
import { isByproduct } from './file-kind.ts';
import { byPast, byWords, COMMON, MOST_CANDIDATES, namedAfter } from './file-matches.ts';
import type { Mentions } from './mentions.ts';

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

/** A named directory with more files than this is ignored. */
const LARGEST_DIRECTORY = 60;

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
