import { IssueNumber } from '../../domain/shared/issue.ts';
import type { RepositoryName } from '../../domain/shared/repository.ts';
import { oneLine } from '../../domain/shared/text.ts';
import type { IssueText } from './issue-text.ts';
import { OPENS_BLOCKED, OPENS_OWN, OPENS_RELATED } from './reference-forms.ts';
import { type Meaning, meaningsOf } from './reference-meaning.ts';

/** A statement in an issue's own text that it comes after, or before, issue or pull request `number`. */
interface DependencyReference {
  readonly number: number;
  readonly source: 'text' | 'task-list';
  /** The words of the statement. */
  readonly evidence: string;
}

export interface DependencyReferences {
  /** References after which the issue comes. */
  readonly own: readonly DependencyReference[];
  /** References that come after the issue, because it blocks them. */
  readonly blocks: readonly DependencyReference[];
  /** References after which it may come: the words are doubtful, conditional, or about the past. */
  readonly doubtful: readonly DependencyReference[];
  /** References to issues of other repositories after which it comes, as written. */
  readonly foreign: readonly string[];
}

const REFERENCE = String.raw`(?:https?://[^\s/]+/[\w.-]+/[\w.-]+/(?:issues|pull)/\d{1,10}\b(?:[#?][^\s,;)\]]*)?|(?:[\w.-]{1,100}/[\w.-]{1,100})?(?:(?<![\w&])#|\bGH-|(?<=[\w.-]/[\w.-]{1,100})#)\d{1,10}\b)`;
const LIST = new RegExp(
  String.raw`${REFERENCE}(?:(?:\s*[,、，]\s*(?:and\s+)?|\s+(?:and|und|et|e|y)\s+|\s*[&+和及与]\s*)${REFERENCE})*`,
  'giu',
);
const ANY_REFERENCE = new RegExp(REFERENCE, 'giu');
const STARTS = new RegExp(String.raw`^\s*${REFERENCE}`, 'iu');
const LONGEST_LINE = 10_000;
/** A longer text is split, in characters. */
const LONGEST_SENTENCE = 1_500;

/** What an issue's text says about its order. Denials and finished tasks do not count. */
export function dependencyReferences(
  { blocks }: Pick<IssueText, 'blocks'>,
  repository: RepositoryName,
): DependencyReferences {
  const found = new References(repository);
  let opened: { readonly as: Meaning['as']; readonly text: string; isHeading: boolean } | undefined;
  let isRelated = false;
  for (const { kind, checked, text } of blocks) {
    const isTask = checked === false;
    if (checked && opened?.as !== 'blocks') continue;
    if (kind === 'heading') {
      opened = openerOf(text, true);
      isRelated = OPENS_RELATED.test(text);
    } else if (kind === 'item' && opened && (checked === undefined || opened.as === 'blocks')) {
      found.add(opened.as, firstReference(text), `${opened.text}: ${text}`);
    } else if (checked !== undefined && STARTS.test(text)) {
      if (!isRelated) found.add('own', firstReference(text), `- [ ] ${text}`, 'task-list');
    } else {
      const lines = linesOf(text);
      const wasHeading = opened?.isHeading === true;
      if (!wasHeading || !STARTS.test(text)) opened = undefined;
      for (const line of lines) {
        const opens = openerOf(line, false);
        if (opens) opened = opens;
        else if (opened && STARTS.test(line))
          found.add(opened.as, line.match(LIST)?.[0] ?? '', `${opened.text}: ${line}`);
        else readLine(line, found, isTask);
      }
    }
  }
  return found.all();
}

function openerOf(text: string, isHeading: boolean) {
  const as = OPENS_OWN.test(text) ? 'own' : OPENS_BLOCKED.test(text) ? 'blocks' : undefined;
  return as && ({ as, text: text.replace(/[#*_:：-]/g, '').trim(), isHeading } as const);
}

/** The lines of a paragraph. Lines that were only wrapped are joined. */
const linesOf = (text: string): string[] =>
  text.replace(/(?<![.!?:;。])\n(?=[\p{Ll}]|#\d)/gu, ' ').split('\n');

/** Reads one line. A task describes work to do. */
function readLine(line: string, found: References, isTask: boolean): void {
  const lists: string[] = [];
  const marked = oneLine(line, LONGEST_LINE)
    .replace(/[⟦⟧]/g, '')
    .replace(LIST, (list) => `⟦${lists.push(list) - 1}⟧`);
  if (lists.length === 0) return;
  const written = (text: string) => text.replace(/⟦(\d+)⟧/g, (_, at) => lists[Number(at)] ?? '');
  for (const sentence of marked.split(/(?<=[.!?;])\s+|(?<=[。！？；])/))
    for (let from = 0; from < sentence.length; from += LONGEST_SENTENCE)
      for (const { as, list, evidence } of meaningsOf(
        sentence.slice(from, from + LONGEST_SENTENCE),
        isTask,
      ))
        found.add(as, lists[list] ?? '', written(evidence).trim());
}

/** Collects references. For each number, the first certain statement counts, or else the first one. */
class References {
  readonly #foreign = new Set<string>();
  readonly #repository: RepositoryName;
  readonly #found = {
    own: new Map<number, DependencyReference>(),
    blocks: new Map<number, DependencyReference>(),
    doubtful: new Map<number, DependencyReference>(),
  };

  constructor(repository: RepositoryName) {
    this.#repository = repository;
  }

  all(): DependencyReferences {
    const { own, blocks, doubtful } = this.#found;
    const isSure = ({ number }: DependencyReference) => own.has(number) || blocks.has(number);
    return {
      own: [...own.values()],
      blocks: [...blocks.values()],
      doubtful: [...doubtful.values()].filter((reference) => !isSure(reference)),
      foreign: [...this.#foreign],
    };
  }

  add(
    as: Meaning['as'],
    list: string,
    evidence: string,
    source: DependencyReference['source'] = 'text',
  ): void {
    for (const { number, where, text } of parseList(list)) {
      if (where && where.toLowerCase() !== this.#repository.toLowerCase()) {
        if (as === 'own') this.#foreign.add(oneLine(text, 120));
      } else if (IssueNumber.safeParse(number).success && !this.#found[as].has(number))
        this.#found[as].set(number, { number, source, evidence: oneLine(evidence, 120) });
    }
  }
}

const firstReference = (line: string): string => line.match(ANY_REFERENCE)?.[0] ?? '';

/** The references in a list, each with its repository if it names one. */
function parseList(list: string): { number: number; where: string | undefined; text: string }[] {
  return [...list.matchAll(ANY_REFERENCE)].map(([text]) => {
    const url = /^https?:\/\/[^/]+\/([^/]+\/[^/]+)\/(?:issues|pull)\/(\d+)/i.exec(text);
    const short = /^([^#]*\/[^#]*)?(?:#|GH-)(\d+)$/i.exec(text);
    const [, where, number] = url ?? short ?? [];
    return { number: Number(number), where, text };
  });
}
