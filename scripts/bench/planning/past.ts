import { git } from '../../../src/git/command/client.ts';
import {
  changesOf,
  filesContaining,
  filesOf,
  type PastChange,
} from '../../../src/git/read/codebase.ts';
import { predict } from '../../../src/planning/draft.ts';
import { Codemap } from '../../../src/planning/rules/codemap.ts';
import { isByproduct } from '../../../src/planning/rules/file-kind.ts';
import type { Forecast } from '../../../src/planning/rules/overlap.ts';
import type { SurveyedIssue } from '../../../src/planning/rules/survey.ts';

/** An issue of the past, and the files that its work changed. */
export interface PastIssue extends Pick<SurveyedIssue, 'number' | 'title' | 'body' | 'labels'> {
  /** The commit that did the work. */
  readonly commit: string;
  readonly files: readonly string[];
}

/** Issues of one plan, and what was foreseen of them at the commit before the first of them was done. */
export interface Batch {
  readonly issues: readonly PastIssue[];
  readonly forecast: Forecast;
  /** Of each issue, the files that were there already. */
  readonly truth: ReadonlyMap<number, ReadonlySet<string>>;
}

const HISTORY = 5_000;

/** A change of so many files is no issue's work; one of a single word says nothing. */
const MOST_FILES = 15;
const LEAST_WORDS = 3;

/** The newest `count` changes of a repository that look like an issue's work, as issues: the message is the text. */
export async function commitsAsIssues(directory: string, count: number): Promise<PastIssue[]> {
  const changes = await changesOf(directory, 'HEAD', { limit: HISTORY, bodies: true });
  return changes
    .filter(isIssueLike)
    .slice(0, count)
    .reverse()
    .map(({ commit, title, body, files }, at) => ({
      ...{ number: at + 1, title, body, labels: [], commit, files },
    }));
}

const isIssueLike = ({ title, files }: PastChange): boolean =>
  files.length > 0 &&
  files.length <= MOST_FILES &&
  title.split(/\s+/).filter((word) => /[a-z]{2}/i.test(word)).length >= LEAST_WORDS;

/** Issues in the order of their commits, in plans of `size`. */
export async function* batchesOf(
  directory: string,
  repository: string,
  issues: readonly PastIssue[],
  size: number,
): AsyncGenerator<Batch> {
  for (let from = 0; from + 1 < issues.length; from += size) {
    const some = issues.slice(from, from + size);
    const base = await git(directory, ['rev-parse', `${some[0]?.commit}~1`]);
    const tree = await filesOf(directory, base);
    const map = new Codemap(tree, await changesOf(directory, base, { limit: HISTORY }));
    const known = some.flatMap((issue) => {
      const files = issue.files.filter((file) => map.files.has(file) && !isByproduct(file));
      return files.length > 0 ? [{ issue, files: new Set(files) }] : [];
    });
    const surveyed = known.map(({ issue }) => ({
      ...{ ...issue, url: '', state: 'open' as const, isPullRequest: false, assignees: [] },
      labels: [...issue.labels],
    }));
    const codebase = {
      map,
      containing: (words: readonly string[]) => filesContaining(directory, base, words),
    };
    yield {
      issues: known.map(({ issue }) => issue),
      forecast: await predict({ issues: surveyed }, codebase, repository),
      truth: new Map(known.map(({ issue, files }) => [issue.number, files])),
    };
  }
}
