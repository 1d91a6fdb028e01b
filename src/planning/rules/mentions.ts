import { isTemplateHeading } from './boilerplate.ts';
import { textOf } from './issue-text.ts';

/**
 * What an issue's text names in a codebase. These are not paths yet: they are compared with the files of the
 * tree.
 */
export interface Mentions {
  /** Such as `src/auth/service.ts`, `auth/` or `service.ts`. */
  readonly paths: readonly string[];
  /** Identifiers, such as `AuthService` or `refresh_token`. */
  readonly symbols: readonly string[];
  /** Words of the title, and of the whole text, in lower case, each once. */
  readonly titleWords: readonly string[];
  readonly words: readonly string[];
}

/** A link to a file on GitHub names the file. */
const FILE_URL = /https?:\/\/[^\s/]+\/[^\s/]+\/[^\s/]+\/(?:blob|tree)\/[^\s/]+\/([^\s#?)>\]]+)\S*/g;
const URL = /\b[a-z][a-z0-9+.-]*:\/\/\S+/gi;
const PATH = /(?:[\w@.+-]+\/)+[\w@.+()[\]-]*|\b[\w-]+(?:\.[\w-]+)*\.[a-z]\w{0,9}\b/g;
const IDENTIFIER =
  /\b(?:[A-Z]?[a-z\d]+(?:[A-Z]+[a-z\d]*)+|[A-Z]+[a-z]+[A-Z]\w*|[A-Za-z\d]+(?:_[A-Za-z\d]+)+)\b/g;
const CODE_NAME = /[A-Za-z_$][\w$]{2,}/g;
const WORD = /[A-Za-z][A-Za-z\d]{2,}/g;

/** How many mentions of a kind are used. More of them are from a pasted log. */
const MOST = 200;

export function mentionsOf(issue: { readonly title: string; readonly body: string }): Mentions {
  const { blocks, code, links } = textOf(issue);
  const said = blocks.filter(({ kind, text }) => kind !== 'heading' || !isTemplateHeading(text));
  const prose = withoutUrls([issue.title, ...said.map(({ text }) => text)].join('\n'));
  const shown = code.join('\n');
  const named = [prose, withoutUrls(shown), withoutUrls(links.join('\n'))].join('\n');
  return {
    paths: few(named.match(PATH)?.map((path) => path.replace(/^\.\/|[.)\]]+$/g, ''))),
    symbols: few([...(shown.match(CODE_NAME) ?? []), ...(prose.match(IDENTIFIER) ?? [])]),
    titleWords: few(wordsOf(issue.title)),
    words: few(wordsOf(prose)),
  };
}

/** With fewer issues than this, common words do not show a template. */
const BATCH = 8;

/**
 * Removes words that more than a quarter of the issues have, and the repository's own name, because they say
 * nothing about one issue.
 */
export function withoutCommonWords(all: readonly Mentions[], repository: string): Mentions[] {
  const counts = new Map<string, number>();
  for (const { words } of all)
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const most = all.length < BATCH ? all.length : all.length / 4;
  const own = new Set(wordsOf(repository.slice(repository.lastIndexOf('/') + 1)));
  const isOwnName = (words: readonly string[]) =>
    words.length > 0 && words.every((word) => own.has(word));
  const tells = (word: string) => (counts.get(word) ?? 0) <= most && !own.has(word);
  return all.map((one) => ({
    ...one,
    symbols: one.symbols.filter((symbol) => !isOwnName(wordsOf(symbol))),
    titleWords: one.titleWords.filter(tells),
    words: one.words.filter(tells),
  }));
}

const withoutUrls = (text: string): string => text.replace(FILE_URL, ' $1 ').replace(URL, ' ');

const few = (items: readonly string[] = []): string[] =>
  [...new Set(items)].filter((item) => item.length > 2).slice(0, MOST);

/**
 * The words of names and prose, in lower case and singular: `AuthService` and `auth-services` become auth and
 * service.
 */
export const wordsOf = (text: string): string[] =>
  (text.replace(/([a-z\d])([A-Z])/g, '$1 $2').match(WORD) ?? []).map((word) =>
    singular(word.toLowerCase()),
  );

const singular = (word: string): string => word.replace(/(?<=[^su])s$/, '');
