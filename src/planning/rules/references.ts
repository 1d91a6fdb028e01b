import { IssueNumber } from '../../domain/shared/issue.ts';
import type { RepositoryName } from '../../domain/shared/repository.ts';
import { oneLine } from '../../domain/shared/text.ts';
import type { IssueText } from './issue-text.ts';

/** An issue's own text says that it comes after, or before, issue or pull request `number`. */
interface DependencyReference {
  readonly number: number;
  readonly source: 'text' | 'task-list';
  /** The words that say it. */
  readonly evidence: string;
}

export interface DependencyReferences {
  /** What it comes after. */
  readonly own: readonly DependencyReference[];
  /** What it blocks: these come after it. */
  readonly blocks: readonly DependencyReference[];
  /** References to issues of other repositories that it comes after, as written. */
  readonly foreign: readonly string[];
}

const REFERENCE = String.raw`(?:https?://[^\s/]+/[\w.-]+/[\w.-]+/(?:issues|pull)/\d{1,10}\b(?:[#?][^\s,;)\]]*)?|(?:[\w.-]+/[\w.-]+)?(?:#|\bGH-)\d{1,10}\b)`;
const LINK_END = String.raw`(?:\]\([^\s)]*\))?`;
const LIST = String.raw`\[?${REFERENCE}${LINK_END}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*[&+]\s*)\[?${REFERENCE}${LINK_END})*`;

/** Words that mean an order wherever the reference follows in the same sentence. */
const CLEAR = String.raw`depend(?:s|ent|ing)?\s+(?:up)?on|block(?:ed|ing)\s+(?:by|on)|on\s+top\s+of|build(?:s|ing)?\s+(?:up)?on|stacked\s+on`;
const SAME_SENTENCE = String.raw`(?:(?![.!?](?:\s|$))[^\n#]){0,60}?`;

/** Words that mean an order only directly before it. */
const CLOSE = String.raw`after|requires?|needs?|wait(?:s|ing)?\s+(?:for|on)|prerequisites?|dependenc(?:y|ies)`;
const SMALL_WORDS = String.raw`[*_:]*\s*(?:(?:the|issues?|prs?|pull\s+requests?|merg(?:e|ing)(?:\s+of)?|finishing|landing|closing)\s+)*`;

/** Words that mean, directly before a reference, that the other comes after. */
const BLOCKING = String.raw`(?<!\b(?:building|code|content|text|all|more|some|the|these|those)\s)blocks|(?:is|are|currently)\s+blocking|block(?:er|ing)\s+(?:of|for)|(?:required|needed)\s+(?:by|for)|prerequisites?\s+(?:of|for)|dependency\s+of|must\s+(?:land|be\s+(?:done|merged|finished))\s+before`;

const AFTER = new RegExp(
  String.raw`\b(?:(?:${CLEAR})${SAME_SENTENCE}|(?:${CLOSE})${SMALL_WORDS})(${LIST})`,
  'gi',
);
const BEFORE = new RegExp(String.raw`\b(?:${BLOCKING})${SMALL_WORDS}(${LIST})`, 'gi');
const NEGATION =
  /\b(?:not|no longer|never|nor|without|isn['’]t|doesn['’]t|don['’]t|aren['’]t|needn['’]t)\s+(?:\w+\s+){0,2}$/i;

/** A line that opens a list of dependencies: `Blocked by:`, `## Dependencies`; or of what is blocked: `Blocks:`. */
const HEADING = new RegExp(
  String.raw`^[#*_\s-]*(?:${CLEAR}|prerequisites?|dependenc(?:y|ies))[:*_\s]*$`,
  'i',
);
const BLOCKING_HEADING = /^[#*_\s-]*(?:blocks|blocking|required by|needed by)[:*_\s]*$/i;
const ITEM = /^\s*(?:[-*+]|\d+[.)])\s+/;
const TASK = new RegExp(String.raw`^\s*(?:[-*+]|\d+[.)])\s+\[( |x|X)\]\s+\[?(${REFERENCE})`);

/** What an issue's text says of its order. Code, quotes, comments, denials and tasks that are done don't count. */
export function dependencyReferences(
  { prose }: IssueText,
  repository: RepositoryName,
): DependencyReferences {
  const own = new References(repository);
  const blocks = new References(repository);
  for (const [statement, found] of [
    [AFTER, own],
    [BEFORE, blocks],
  ] as const)
    for (const match of prose.matchAll(statement))
      if (!NEGATION.test(prose.slice(Math.max(0, match.index - 40), match.index)))
        found.add(match[1] ?? '', 'text', match[0]);
  let heading: { readonly text: string; readonly found: References } | undefined;
  for (const line of prose.split('\n')) {
    const [, done, task] = TASK.exec(line) ?? [];
    const found = HEADING.test(line) ? own : BLOCKING_HEADING.test(line) ? blocks : undefined;
    if (task !== undefined && heading?.found !== blocks) {
      if (done === ' ') own.add(task, 'task-list', line.trim());
    } else if (found) heading = { text: line.replace(/[#*_:-]/g, '').trim(), found };
    else if (!ITEM.test(line) && line.trim() !== '') heading = undefined;
    else heading?.found.add(firstReference(line), 'text', `${heading.text}: ${line.trim()}`);
  }
  return { own: own.all(), blocks: blocks.all(), foreign: [...own.foreign] };
}

/** References as they are found, each number once. */
class References {
  readonly foreign = new Set<string>();
  readonly #repository: RepositoryName;
  readonly #found = new Map<number, DependencyReference>();

  constructor(repository: RepositoryName) {
    this.#repository = repository;
  }

  all = (): DependencyReference[] => [...this.#found.values()];

  add(list: string, source: DependencyReference['source'], evidence: string): void {
    for (const { number, where, text } of parseList(list)) {
      if (where && where.toLowerCase() !== this.#repository.toLowerCase())
        this.foreign.add(oneLine(text, 120));
      else if (IssueNumber.safeParse(number).success && !this.#found.has(number))
        this.#found.set(number, { number, source, evidence: oneLine(evidence, 120) });
    }
  }
}

const ANY_REFERENCE = new RegExp(REFERENCE, 'gi');
const firstReference = (line: string): string => line.match(ANY_REFERENCE)?.[0] ?? '';

/** The references in a list, each with its repository where one is named. */
function parseList(list: string): { number: number; where: string | undefined; text: string }[] {
  return [...list.matchAll(ANY_REFERENCE)].map(([text]) => {
    const url = /^https?:\/\/[^/]+\/([^/]+\/[^/]+)\/(?:issues|pull)\/(\d+)/i.exec(text);
    const short = /^([^#]*\/[^#]*)?(?:#|GH-)(\d+)$/i.exec(text);
    const [, where, number] = url ?? short ?? [];
    return { number: Number(number), where, text };
  });
}
