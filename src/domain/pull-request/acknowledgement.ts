import { proseOf } from '../shared/prose.ts';

/** Whether the words consist of such expressions, each of up to five words. */
function consistOf(words: readonly string[], expressions: RegExp): boolean {
  if (words.length === 0) return true;
  return [5, 4, 3, 2, 1].some(
    (length) =>
      words.length >= length &&
      expressions.test(words.slice(0, length).join(' ')) &&
      consistOf(words.slice(length), expressions),
  );
}

const expressions = (list: readonly string[]): RegExp => new RegExp(`^(?:${list.join('|')})$`, 'i');

const THANKS = [
  'thanks?',
  'thank you',
  'thx',
  'ty',
  'cheers',
  'much appreciated',
  'appreciated?( it)?',
];

/** Words that accompany courteous ones, and alone are none: "Again" asks for something. */
const BESIDES = [
  ...['so much', 'a lot', 'very much', 'very', 'really', 'from (?:me|us|my side|here)'],
  'for (?:this|that|the (?:quick |fast |great |nice )?(?:fix|change|update|help|review|reply))',
  ...[
    'work',
    'job',
    'one',
    'catch',
    'stuff',
    'to me',
    'now',
    'again',
    'and',
    'all',
    'everyone',
    'you',
  ],
];

/** Words that ask for nothing. */
const COURTEOUS = [
  ...THANKS,
  ...[
    "(?:that|this|it|that's|it's) works?(?: (?:great|well|fine|for me))?",
    'works(?: (?:great|well|fine|for me))?',
  ],
  ...["that(?:'s| is) (?:exactly )?what i (?:meant|wanted)", "that's it"],
  ...[
    "(?:merging|i'll merge|will merge)(?: (?:it|this))?(?: (?:once|when) (?:green|(?:ci|checks) (?:is|are|pass|passes)(?: green)?))",
  ],
  ...['merging(?: (?:it|this))?(?: (?:soon|later|today))?'],
  ...['great', 'nice', 'good', 'awesome', 'perfect', 'lovely', 'cool', 'excellent', 'amazing'],
  ...[
    'brilliant',
    'fantastic',
    'wonderful',
    'neat',
    'sweet',
    'beautiful',
    'well done',
    'love (?:it|this)',
  ],
  ...['lgtm', 'looks (?:good|great|fine)', 'all good', 'sounds good', 'ship it', 'approved'],
  ...['ok', 'okay', 'got it', 'i see', 'makes sense', 'fair enough', 'welcome', 'no problem', 'np'],
  ...['merci', 'danke', 'gracias', 'obrigado', 'obrigada', 'grazie', 'arigato', 'tack', 'bedankt'],
  ...['merci beaucoup', 'vielen dank', 'danke sch[oö]n', 'muchas gracias', 'muito obrigado'],
  ...['谢谢', '謝謝', '感谢', '多谢', 'ありがとう(?:ございます)?', '감사합니다', '고마워요?'],
  ...['спасибо', 'дякую', 'dziękuję', 'teşekkürler', 'terima kasih'],
];

const ONLY_THANKS = expressions([...THANKS, ...BESIDES]);
const ONLY_BESIDES = expressions(BESIDES);
const ALL = expressions([...COURTEOUS, ...BESIDES]);

const MOST_WORDS = 12;

/** Who is against it, or doubts it, says something. */
const AGAINST =
  /(?:^|[\s(])-1\b|[👎❌✖🚫🛑⛔🙅😕🤔]|:(?:-1|thumbsdown|x|no_entry|no_entry_sign|octagonal_sign|no_good|confused|thinking):/u;

const QUOTED = /^ {0,3}>.*$/gm;
/** The line above the quote in a reply by e-mail. */
const WROTE = /^On [^\n]{1,200}(?:\n(?! {0,3}>)[^\n]{1,200})?wrote:[ \t]*$(?=\s*^ {0,3}>)/gm;

/** Whether a comment only thanks, praises or agrees, so that there is nothing to do. */
export function isAcknowledgement(text: string): boolean {
  if (AGAINST.test(text)) return false;
  const quoted = text.match(QUOTED)?.join('\n') ?? '';
  const said = text.replace(WROTE, '').replace(QUOTED, '').trim();
  const words = wordsOf(said);
  // An emoji has no words. A comment that only quotes or shows code is not an acknowledgement.
  if (words.length === 0) return isPlain(text);
  if (words.length > MOST_WORDS || !isPlain(said) || consistOf(words, ONLY_BESIDES)) return false;
  // Beside a quote, "sounds good" may answer a question, or choose what was offered.
  return quoted === ''
    ? consistOf(words, ALL)
    : !quoted.includes('?') && consistOf(words, ONLY_THANKS);
}

const wordsOf = (said: string): string[] =>
  proseOf(said)
    .replaceAll('’', "'")
    .replace(/(?<!\S)\+1(?!\S*\w)/g, ' lgtm ')
    .replace(/@[\w/-]+(?:\[bot\])?/g, ' ')
    .replace(/:[a-z0-9_+-]+:/gi, ' ')
    .replace(/[^\p{L}\p{N}'\s]+/gu, ' ')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');

const isPlain = (text: string): boolean =>
  text.trim() !== '' && !/[`?]|^\s*>|!\[|https?:/m.test(text);
