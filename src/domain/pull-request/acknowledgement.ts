import { proseOf } from '../shared/prose.ts';

/** Words that ask for nothing, alone or together. */
const COURTEOUS = new RegExp(
  `^(?:${[
    ...['thanks?', 'thank you', 'thx', 'ty', 'cheers', 'much appreciated', 'appreciated?( it)?'],
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
    ...[
      'ok',
      'okay',
      'got it',
      'i see',
      'makes sense',
      'fair enough',
      'welcome',
      'no problem',
      'np',
    ],
    ...[
      'merci',
      'danke',
      'gracias',
      'obrigado',
      'obrigada',
      'grazie',
      'arigato',
      'tack',
      'bedankt',
    ],
    ...['merci beaucoup', 'vielen dank', 'danke sch[oö]n', 'muchas gracias', 'muito obrigado'],
    ...['谢谢', '謝謝', '感谢', '多谢', 'ありがとう(?:ございます)?', '감사합니다', '고마워요?'],
    ...['спасибо', 'дякую', 'dziękuję', 'teşekkürler', 'terima kasih'],
    ...[
      'so much',
      'a lot',
      'very much',
      'very',
      'really',
      'for (?:this|that|the (?:fix|change|update|help))',
      'from (?:me|us|my side|here)',
    ],
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
  ].join('|')})$`,
  'i',
);

const MOST_WORDS = 12;

/** Who is against it says something. */
const AGAINST = /(?:^|[\s(])-1\b|👎|:-1:|:thumbsdown:/;

/** Whether a comment only thanks, praises or agrees, so that there is nothing to do. */
export function isAcknowledgement(text: string): boolean {
  if (AGAINST.test(text)) return false;
  const words = proseOf(text)
    .replace(/(?<!\S)\+1(?!\S*\w)/g, ' ')
    .replace(/@[\w/-]+(?:\[bot\])?/g, ' ')
    .replace(/:[a-z0-9_+-]+:/gi, ' ')
    .replace(/[^\p{L}\p{N}'\s]+/gu, ' ')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  // An emoji or a "+1" has no words. A comment that only quotes or shows code is not an acknowledgement.
  if (words.length === 0) return isPlain(text);
  return words.length <= MOST_WORDS && isPlain(text) && areCourteous(words);
}

const isPlain = (text: string): boolean =>
  text.trim() !== '' && !/[`?]|^\s*>|!\[|https?:/m.test(text);

/** Whether the words consist of such expressions, each of up to four words. */
function areCourteous(words: readonly string[]): boolean {
  if (words.length === 0) return true;
  return [4, 3, 2, 1].some(
    (length) =>
      words.length >= length &&
      COURTEOUS.test(words.slice(0, length).join(' ')) &&
      areCourteous(words.slice(length)),
  );
}
