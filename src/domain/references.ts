import { IssueNumber } from './issue.ts';
import { proseOf } from './prose.ts';
import type { RepositoryName } from './repository.ts';
import { oneLine } from './text.ts';

/** An issue's own text says that it comes after issue or pull request `number`. */
interface DependencyReference {
  readonly number: number;
  readonly source: 'text' | 'task-list';
  /** The words that say it. */
  readonly evidence: string;
}

export interface DependencyReferences {
  readonly own: readonly DependencyReference[];
  /** References to issues of other repositories, as written. */
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

const STATEMENT = new RegExp(
  String.raw`\b(?:(?:${CLEAR})${SAME_SENTENCE}|(?:${CLOSE})${SMALL_WORDS})(${LIST})`,
  'gi',
);
const NEGATION =
  /\b(?:not|no longer|never|nor|without|isn['’]t|doesn['’]t|don['’]t|aren['’]t|needn['’]t)\s+(?:\w+\s+){0,2}$/i;

/** A line that opens a list of dependencies: `Blocked by:`, `## Dependencies`. */
const HEADING = new RegExp(
  String.raw`^[#*_\s-]*(?:${CLEAR}|prerequisites?|dependenc(?:y|ies))[:*_\s]*$`,
  'i',
);
const ITEM = /^\s*(?:[-*+]|\d+[.)])\s+/;
const TASK = new RegExp(String.raw`^\s*(?:[-*+]|\d+[.)])\s+\[( |x|X)\]\s+\[?(${REFERENCE})`);

/** What an issue's Markdown says it depends on. Code, quotes, comments, denials and tasks that are done don't count. */
export function dependencyReferences(
  markdown: string,
  repository: RepositoryName,
): DependencyReferences {
  const own = new Map<number, DependencyReference>();
  const foreign = new Set<string>();
  const add = (list: string, source: DependencyReference['source'], evidence: string) => {
    for (const { number, where, text } of parseList(list)) {
      if (where && where.toLowerCase() !== repository.toLowerCase())
        foreign.add(oneLine(text, 120));
      else if (IssueNumber.safeParse(number).success && !own.has(number))
        own.set(number, { number, source, evidence: oneLine(evidence, 120) });
    }
  };
  const prose = proseOf(markdown);
  for (const match of prose.matchAll(STATEMENT))
    if (!NEGATION.test(prose.slice(Math.max(0, match.index - 40), match.index)))
      add(match[1] ?? '', 'text', match[0]);
  let heading: string | undefined;
  for (const line of prose.split('\n')) {
    const [, done, task] = TASK.exec(line) ?? [];
    if (task !== undefined) {
      if (done === ' ') add(task, 'task-list', line.trim());
    } else if (HEADING.test(line)) heading = line.replace(/[#*_:-]/g, '').trim();
    else if (!ITEM.test(line) && line.trim() !== '') heading = undefined;
    else if (heading !== undefined) add(firstReference(line), 'text', `${heading}: ${line.trim()}`);
  }
  return { own: [...own.values()], foreign: [...foreign] };
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
