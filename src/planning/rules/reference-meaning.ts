import { mayOrder } from './free-words.ts';
import {
  ABOUT_ITSELF,
  BLOCKING,
  CONDITIONAL,
  DOUBTFUL,
  HAPPENED,
  HEDGED,
  HELD_BACK,
  HELD_BACK_ABROAD,
  LOOSE,
  NEGATED,
  NEGATED_AFTER,
  PAST,
  REASON,
  TAKEN_BACK,
  TEMPORAL,
  TIGHT,
  TO_DO,
  UNTIL,
} from './reference-forms.ts';
import { AWAITED, WAITING } from './waiting-forms.ts';

/** What a sentence says about a list of references in it. */
export interface Meaning {
  readonly as: 'own' | 'blocks' | 'doubtful';
  /** The number of the list. */
  readonly list: number;
  readonly evidence: string;
}

const plain = (sentence: string): string => sentence.replace(/[.\s]+$/, '');

type Verdict = Meaning['as'] | undefined;

interface Found {
  /** The sentence before the matched form, and after it. */
  readonly before: string;
  readonly after: string;
  readonly form: string;
  /** Whether the sentence is a task of a list. */
  readonly isTask: boolean;
}

/**
 * What a sentence says about each list of references. The lists are replaced by markers. The first form that
 * matches decides.
 */
export function meaningsOf(sentence: string, isTask: boolean): Meaning[] {
  const meanings = new Map<number, Meaning>();
  const judged = new Set<number>();
  for (const [forms, judge] of KINDS)
    for (const form of forms)
      for (const match of sentence.matchAll(form)) {
        const list = Number(/⟦(\d+)⟧/.exec(match[0])?.[1]);
        judged.add(list);
        const end = match.index + match[0].length;
        const found = { before: sentence.slice(0, match.index), after: sentence.slice(end) };
        const as = meanings.has(list) ? undefined : judge({ ...found, form: match[0], isTask });
        if (as !== undefined) {
          // Doubt is expressed by the words around the reference.
          const evidence = as === 'doubtful' ? plain(sentence) : match[0];
          meanings.set(list, { as, list, evidence });
        }
      }
  if (mayOrder(sentence))
    for (const [, list] of sentence.matchAll(/⟦(\d+)⟧/g))
      if (!judged.has(Number(list)))
        meanings.set(Number(list), {
          as: 'doubtful',
          list: Number(list),
          evidence: plain(sentence),
        });
  return [...meanings.values()];
}

/** The last clause of a text. Earlier clauses are about something else. */
const clauseOf = (before: string): string => /[^,;:(—–，；：、（]*$/.exec(before)?.[0] ?? '';

/** Returns the meaning `sure`, unless the sentence denies, withdraws or doubts it. */
function sureness(found: Found, sure: 'own' | 'blocks'): Verdict {
  const { before, after, form } = found;
  if (NEGATED.test(before) || NEGATED_AFTER.test(after)) return undefined;
  const clause = clauseOf(before);
  const isPast = PAST.test(clause);
  if (TAKEN_BACK.test(after))
    return isPast || !/fix|merg|clos|done|resolv/i.test(after) ? undefined : 'doubtful';
  const rest = after.replace(REASON, '');
  const isHedged =
    HEDGED.test(clause) ||
    HEDGED.test(form) ||
    HEDGED.test(rest) ||
    CONDITIONAL.test(before) ||
    CONDITIONAL.test(rest) ||
    /\bor\b\s*⟦|^\s*\)?\s*\?|\?\s*$/.test(after) ||
    /⟦\d+⟧\s*or\s*$/.test(before);
  return isPast || isHedged ? 'doubtful' : sure;
}

function judgeTemporal(found: Found): Verdict {
  const { before, after, form, isTask } = found;
  const rest = `${before} ${after}`;
  if (/⟦\d+⟧\s+(?:was|were|had)\b/.test(form + after) || HAPPENED.test(rest)) return undefined;
  if (/⟦/.test(before) && !TO_DO.test(clauseOf(before).trim())) return undefined;
  // "may start after" permits; it does not doubt.
  const plain = {
    ...found,
    before: before.replace(/\b(?:may|could)\s+(?=(?:be|start|begin|only)\b)/gi, ''),
  };
  // A restriction is not denied by "not before" and the like.
  const positive = { ...plain, before: HELD_BACK.test(before) ? '' : plain.before };
  const meaning = sureness(positive, 'own');
  const isToDo = isTask || TO_DO.test(before.trim()) || TO_DO.test(after);
  return meaning === 'own' && !isToDo && !isForeign(form) ? 'doubtful' : meaning;
}

/** Whether the form is not English. For other languages there is no list of words for work to do. */
const isForeign = (form: string): boolean =>
  !/^(?:only\s+)?(?:after|once|when|as|until|till)\b/i.test(form);

const hasHappened = ({ before, after }: Found): boolean =>
  HAPPENED.test(`${before} ${after.replace(REASON, '')}`);

const KINDS: readonly (readonly [readonly RegExp[], (found: Found) => Verdict])[] = [
  [TIGHT, (found) => sureness(found, 'own')],
  [
    BLOCKING,
    (found) => (isHeldBack(found) || isPastTime(found) ? undefined : sureness(found, 'blocks')),
  ],
  [
    LOOSE,
    (found) => {
      const meaning = sureness(found, 'own');
      return meaning === 'own' && !ABOUT_ITSELF.test(clauseOf(found.before)) ? 'doubtful' : meaning;
    },
  ],
  [WAITING, (found) => (hasHappened(found) ? undefined : sureness(found, 'own'))],
  [AWAITED, (found) => (hasHappened(found) ? undefined : sureness(found, 'blocks'))],
  [UNTIL, (found) => (isHeldBack(found) ? 'own' : undefined)],
  [DOUBTFUL, (found) => (sureness(found, 'own') === undefined ? undefined : 'doubtful')],
  [TEMPORAL, judgeTemporal],
];

/** "Don't start before #3" is the opposite of "do this before #3". */
const isHeldBack = ({ before, form }: Found): boolean =>
  !HAPPENED.test(before) &&
  (/^\W*(?:until|till|before|bis|bevor|vor)\b/i.test(form)
    ? HELD_BACK.test(before)
    : /^\W*(?:hasta|at[eé]|antes|jusqu|avant)/i.test(form) && HELD_BACK_ABROAD.test(before));

/** "It worked before #3". */
const isPastTime = ({ before, form, after }: Found): boolean =>
  /(?<![\p{L}])(?:before|vor|antes|avant)(?![\p{L}])|前/iu.test(form) &&
  HAPPENED.test(`${before} ${after}`);
