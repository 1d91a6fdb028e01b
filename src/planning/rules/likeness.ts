import type { Mentions } from './mentions.ts';
import { TextIndex } from './text-index.ts';

/** How much two issues' texts have in common, from 0 to 1 (cosine of TF-IDF). */
export type Likeness = (a: number, b: number) => number;

/** Compares the texts of issues with each other. `mentions` has each issue's text, by issue number. */
export function likenessOf(mentions: ReadonlyMap<number, Pick<Mentions, 'words'>>): Likeness {
  const index = new TextIndex();
  for (const [issue, { words }] of mentions) index.add(String(issue), words, 1);
  const rows = new Map(
    [...mentions].map(([issue, { words }]) => {
      const counts = new Map(words.map((word) => [word, 1]));
      return [issue, new Map(index.alike(counts, mentions.size))];
    }),
  );
  return (a, b) => rows.get(a)?.get(String(b)) ?? 0;
}
