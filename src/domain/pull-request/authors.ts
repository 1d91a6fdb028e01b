import { proseOf } from '../shared/prose.ts';
import { type FeedbackItem, isListed } from './feedback.ts';
import { digest } from './managed-section.ts';

/** Who speaks: a person, or a program that is not to be answered for ever. */

/** Accounts of type User that post by program; their logins. */
export const MACHINE_USERS = [
  ...['atlantis-bot', 'atlantisbot', 'jenkins-bot', 'k8s-ci-robot', 'openshift-ci-robot'],
  ...['googlebot', 'bors', 'homu', 'rustbot', 'nodejs-github-bot', 'codecov-commenter'],
];

/** So many comments of the same shape may a person write outside of threads. */
const SAME_SHAPE = 2;
const MOST_SHAPES = 200;

/** A listed account counts as a bot: it commands nothing, and reaches the agent only where its name is among the bots. */
export const withMachineUsers = (
  item: FeedbackItem,
  machineUsers: readonly string[],
): FeedbackItem => (isListed(item, machineUsers) ? { ...item, bot: true, mayWrite: false } : item);

/** Whether its author has said the same before, but for numbers, code and links, as only programs do. Notes that they did. */
export function repeatsItself(
  shapes: Record<string, number>,
  { author, text, thread }: FeedbackItem,
): boolean {
  const shape = proseOf(text)
    .toLowerCase()
    .replace(/https?:\S+/g, '')
    // One pass: a pattern that looks for the digit takes quadratic time on a long word.
    .replace(/[\w./:-]+/g, (word) => (/\d/.test(word) ? '' : word))
    .replace(/[^\p{L}]+/gu, ' ')
    .trim()
    .slice(0, 160);
  // What is short is said twice by people, too.
  if (thread !== null || shape.length < 15) return false;
  const key = `${author} ${digest(shape)}`;
  const count = (shapes[key] ?? 0) + 1;
  delete shapes[key];
  shapes[key] = count;
  for (const old of Object.keys(shapes).slice(0, -MOST_SHAPES)) delete shapes[old];
  return count > SAME_SHAPE;
}

const PLACEHOLDER =
  /\b(?:currently (?:reviewing|processing|analy[sz]ing)|review(?:ing)? (?:is )?in progress|reviewing (?:this|your|the|new)|analy[sz]ing (?:this|your|the)|is (?:working on (?:it|this)|reviewing)|working(?: on it)?(?:\.{3}|…)|please wait(?: while| a (?:moment|minute|bit|few)|\s*[.!…]|$)|this may take (?:a (?:few|while|moment|minute|bit)|some|several|up to|\d)|hang tight|stand by|i'll (?:analy[sz]e|review|look at) this)/i;
const LONGEST_PLACEHOLDER = 800;

/** Whether a bot only says that it is at work. It edits that comment once it has something to say. */
export function isPlaceholder({ bot, kind, text }: FeedbackItem): boolean {
  const shown = text
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<details>[\s\S]*?<\/details>/gi, '')
    .replaceAll('’', "'")
    .trim();
  return (
    bot && kind === 'comment' && shown.length <= LONGEST_PLACEHOLDER && PLACEHOLDER.test(shown)
  );
}
