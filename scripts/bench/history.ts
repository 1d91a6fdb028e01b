import { git } from '../../src/git/command/client.ts';
import {
  changesOf,
  filesContaining,
  filesOf,
  type PastChange,
} from '../../src/git/read/codebase.ts';
import { Codemap } from '../../src/planning/rules/codemap.ts';
import type { Mentions } from '../../src/planning/rules/mentions.ts';
import { mentionsOf } from '../../src/planning/rules/mentions.ts';

/** A change of the past, played as an issue: its message is what was asked, its files are what was done. */
export interface PastIssue {
  readonly number: number;
  readonly mentions: Mentions;
  readonly truth: ReadonlySet<string>;
}

export interface Past {
  readonly head: string;
  /** The commit everything is predicted from; none of the changes is in its history. */
  readonly base: string;
  readonly map: Codemap;
  readonly issues: readonly PastIssue[];
  containing(words: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
}

/** A change of so many files is no issue's work; one of a single word says nothing. */
const MOST_FILES = 15;
const LEAST_WORDS = 3;

const HISTORY = 5_000;

/** The newest `count` changes of a repository that look like an issue's work, and the codebase as it was before them. */
export async function readPast(directory: string, count: number): Promise<Past> {
  const head = await git(directory, ['rev-parse', 'HEAD']);
  const chosen = (await changesOf(directory, head, { limit: HISTORY, bodies: true }))
    .filter(isIssueLike)
    .slice(0, count)
    .reverse();
  const base = await git(directory, ['rev-parse', `${chosen[0]?.commit ?? head}~1`]);
  const tree = await filesOf(directory, base);
  const map = new Codemap(tree, await changesOf(directory, base, { limit: HISTORY }));
  const issues: PastIssue[] = [];
  for (const [index, { title, body, files }] of chosen.entries()) {
    const truth = new Set(files.filter((file) => map.files.has(file) && !map.isEverywhere(file)));
    if (truth.size > 0)
      issues.push({ number: index + 1, mentions: mentionsOf({ title, body }), truth });
  }
  return {
    ...{ head, base, map, issues },
    containing: (words) => filesContaining(directory, base, words),
  };
}

const isIssueLike = ({ title, files }: PastChange): boolean =>
  files.length > 0 &&
  files.length <= MOST_FILES &&
  title.split(/\s+/).filter((word) => /[a-z]{2}/i.test(word)).length >= LEAST_WORDS;
