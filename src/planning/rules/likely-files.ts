import type { Codemap } from './codemap.ts';
import type { Mentions } from './mentions.ts';
import { SIGNALS, type Signal, type Signals, signalsOf } from './signals.ts';

/** A file that work on an issue will probably change. */
export interface LikelyFile {
  readonly path: string;
  /** How probable it is, from 0 to 1. */
  readonly weight: number;
  /** The reason, as text. */
  readonly why: string;
  /** Whether the reason is the text, or only the codebase's history. */
  readonly basis: 'text' | 'history';
}

/**
 * The weights of a logistic regression over earlier changes of public repositories. `npm run bench --
 * planning` shows how accurate it is.
 */
const BIAS = -4.15;
const WEIGHT: Readonly<Record<Signal, number>> = {
  path: 4.19,
  directory: 2.42,
  symbolName: 0.65,
  symbol: 3.4,
  words: 1.19,
  past: 7.01,
  alike: 3.66,
};

/**
 * The measured repositories have more files than this. In a smaller repository, each file is more probable.
 */
const MANY_FILES = 100;
const biasOf = ({ files }: Codemap): number =>
  BIAS + Math.log(MANY_FILES / Math.min(MANY_FILES, Math.max(1, files.size)));

/** Signals from a file's name or content. The others come from the history. */
const OF_TEXT: readonly Signal[] = ['path', 'directory', 'symbolName', 'symbol', 'words'];

const LEAST_WEIGHT = 0.05;
const MOST_FILES = 30;

/**
 * The files that work on an issue will probably change, most likely first.
 * @param containing files that contain each of the symbols
 */
export const likelyFiles = (
  mentions: Mentions,
  map: Codemap,
  containing: ReadonlyMap<string, readonly string[]>,
): LikelyFile[] =>
  [...signalsOf(mentions, map, containing)]
    .map(([path, signals]) => judged(path, signals, biasOf(map)))
    .filter(({ weight }) => weight >= LEAST_WEIGHT)
    .sort(mostLikelyFirst)
    .slice(0, MOST_FILES);

function judged(path: string, { strength, why }: Signals, bias: number): LikelyFile {
  const weightOf = (signal: Signal) => WEIGHT[signal] * (strength[signal] ?? 0);
  const signals = SIGNALS.filter((signal) => weightOf(signal) > 0);
  const strongest = signals.toSorted((a, b) => weightOf(b) - weightOf(a));
  // A signal from the text explains more to a person than likeness to earlier changes.
  const telling = strongest.find((signal) => OF_TEXT.includes(signal)) ?? strongest[0];
  const sum = signals.reduce((total, signal) => total + weightOf(signal), bias);
  return {
    path,
    weight: 1 / (1 + Math.exp(-sum)),
    why: (telling && why[telling]) ?? '',
    basis: telling && OF_TEXT.includes(telling) ? 'text' : 'history',
  };
}

const mostLikelyFirst = (a: LikelyFile, b: LikelyFile): number =>
  b.weight - a.weight || (a.path < b.path ? -1 : 1);
