import { boxesIn, withoutTasks } from '../shared/task-list.ts';
import { type FeedbackItem, isListed } from './feedback.ts';
import { linesOutsideCode } from './lines-outside-code.ts';
import { digest } from './managed-section.ts';
import { namesLine } from './no-findings.ts';

/** Tells people from programs among the authors of comments, because a program must not be answered for ever. */

/** Logins of accounts that GitHub lists as users, but that belong to programs. */
export const MACHINE_USERS = [
  ...['atlantis-bot', 'atlantisbot', 'jenkins-bot', 'k8s-ci-robot', 'openshift-ci-robot'],
  ...['googlebot', 'bors', 'homu', 'rustbot', 'nodejs-github-bot', 'codecov-commenter'],
];

/** How many comments of the same shape a person may write outside of threads. */
const SAME_SHAPE = 2;
const MOST_SHAPES = 200;

/** Makes a listed account count as a bot. Its commands are ignored, and its comments reach the agent only if it is among the bots. */
export const withMachineUsers = (
  item: FeedbackItem,
  machineUsers: readonly string[],
): FeedbackItem => (isListed(item, machineUsers) ? { ...item, bot: true, mayWrite: false } : item);

/** The words of a text without numbers, hashes, links and signs. */
const wordsOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/https?:\S+/g, '')
    // One pass: a pattern that looks for the digit takes quadratic time on a long word.
    .replace(/[\w./:-]+/g, (word) => (/\d/.test(word) ? '' : word))
    .replace(/[^\p{L}]+/gu, ' ')
    .trim();

/** The names of files in a text, with a line's number: who says the same of another file says something else. */
const filesIn = (text: string): readonly string[] =>
  // One pass over the words, and a look at the end of each: a pattern for all of it takes quadratic time.
  (text.replace(/https?:\S+/g, '').match(/[\w./:-]+/g) ?? [])
    .map((word) => word.replace(/[.:]$/, ''))
    .filter((word) => /[a-z]\w{0,9}\.[a-z]{1,5}(?::\d+)?$/i.test(word.slice(-30)));

/**
 * Whether its author has said the same before, but for numbers and links, as only programs do: the same words about the
 * same files, beside the same code and the same quotes. Notes that they did.
 */
export function repeatsItself(
  shapes: Record<string, number>,
  { author, text, thread }: FeedbackItem,
): boolean {
  const lines = text.replace(/<!--[\s\S]*?-->/g, '').split(/\r?\n/);
  const said = linesOutsideCode(lines);
  const isShown = (line: string, index: number) => !said[index] || /^ {0,3}>/.test(line);
  const own = lines.filter((line, index) => !isShown(line, index)).join('\n');
  const words = wordsOf(own);
  // People also write short comments twice.
  if (thread !== null || words.length < 15) return false;
  const key = `${author} ${digest([words, ...filesIn(own), ...lines.filter(isShown)].join('\n'))}`;
  const count = (shapes[key] ?? 0) + 1;
  delete shapes[key];
  shapes[key] = count;
  for (const old of Object.keys(shapes).slice(0, -MOST_SHAPES)) delete shapes[old];
  return count > SAME_SHAPE;
}

const PLACEHOLDER =
  /\b(?:currently (?:reviewing|processing|analy[sz]ing)|review(?:ing)? (?:is )?in progress|is (?:working on (?:it|this)|reviewing)|working(?: on it)?(?:\.{3}|…)|please wait(?: while| a (?:moment|minute|bit|few)|\s*[.!…]|$)|this may take (?:a (?:few|while|moment|minute|bit)|some|several|up to|\d)|hang tight|stand by|i'll (?:analy[sz]e|review|look at) this)/i;
/** It counts at the beginning of a sentence, or after such a word: not in "finished reviewing" or "after reviewing". */
const REVIEWING =
  /(?:(?<!\p{L}\s*)|(?<=\b(?:is|are|am|be|now|currently|started|start|begun|begin) )|(?<='m ))(?:reviewing|analy[sz]ing) (?:this|your|the|new)\b/iu;
/** In characters, of what such a comment says beside its list of tasks. */
const LONGEST_PLACEHOLDER = 800;
const LONGEST_BESIDE_TASKS = 300;

/** What a reader sees of a comment, without what is folded and without its list of tasks. */
const shownBesideTasks = (text: string): string =>
  withoutTasks(
    text
      .replace(/<!--[\s\S]*?-->/g, '')
      .replace(/<details>[\s\S]*?<\/details>/gi, '')
      .replaceAll('’', "'"),
  ).trim();

/**
 * Whether a bot only says that it is at work. It edits that comment later; a review it does not edit. Who names a line
 * of a file has a finding.
 */
export function isPlaceholder({ bot, kind, text, id }: FeedbackItem): boolean {
  if (!bot || kind !== 'comment' || id.startsWith('review:')) return false;
  const shown = shownBesideTasks(text);
  if (shown.length > LONGEST_PLACEHOLDER || namesLine(shown)) return false;
  return PLACEHOLDER.test(shown) || REVIEWING.test(shown);
}

/** Whether a placeholder says so much that it may have a finding. */
export const isLongPlaceholder = ({ text }: FeedbackItem): boolean =>
  shownBesideTasks(text).length > LONGEST_BESIDE_TASKS;

/** Whether a bot's comment is a list of tasks of which it has done some, and little else: it will say more. */
export function isHalfDone({ bot, kind, text }: FeedbackItem): boolean {
  if (!bot || kind !== 'comment') return false;
  const { all, ticked } = boxesIn(text.replace(/<details>[\s\S]*?<\/details>/gi, ''));
  return ticked > 0 && ticked < all && shownBesideTasks(text).length <= LONGEST_BESIDE_TASKS;
}
