import { DONE, form, ISSUE, R, WORD } from './reference-forms.ts';

/** A few words without a break between them. */
const GAP = "(?:[\\p{L}\\p{N}…'’-]+\\s+){0,5}?";
const WAIT =
  '(?:wait(?:s|ing)?|hold(?:ing)?|held|postpon(?:e|ed|ing)|defer(?:red|ring)?|delay(?:ed|ing)?|park(?:ed)?|paus(?:e|ed))';

/** The issue waits for the reference. The words between are free. */
export const WAITING: readonly RegExp[] = [
  form(`${WORD}${WAIT}\\s+${GAP}(?:for|on|until|till|after|behind)\\s+${ISSUE}${R}`),
  form(
    `${WORD}pending[\\s:]+(?:(?:the\\s+)?(?:merge|release|landing|completion|fix|outcome|resolution|decision)\\s+(?:of|in)\\s+)?${R}`,
  ),
  form(
    `${WORD}(?:not|cannot|[\\p{L}]+n['’]t|blocked|hold|wait)\\s+${GAP}(?:as\\s+long\\s+as|while)\\s+${ISSUE}${R}\\s+(?:is|are|has|have)(?:\\s+still)?\\s+(?:open|not|unmerged|unresolved|pending|in\\s+progress|in\\s+review|under\\s+review|undecided)`,
  ),
  form(`${WORD}(?:to\\s+be\\s+${DONE}|start|begin)\\s+(?:once|when)\\s+${ISSUE}${R}`),
  // "Names are not settled (#3), I would not start before that is."
  form(
    `${R}[^⟦.]{1,80}(?<![\\p{L}])(?:not|[\\p{L}]+n['’]t|wait|hold)\\s+${GAP}(?:until|till|before|for)\\s+(?:that|it|those|they)(?![\\p{L}])`,
  ),
  // Other languages
  form(`${WORD}wart\\p{L}*\\s+${GAP}auf\\s+(?:\\p{L}+\\s+)?${R}`),
  form(
    `${WORD}(?:brauch(?:en|t)|ben[oö]tig(?:en|t))\\s+(?:(?:wir|man|daf[uü]r|dazu|hierf[uü]r|davor|vorher|unbedingt)\\s+)+${R}`,
  ),
  form(
    `${WORD}(?:necesitamos|requerimos|hace\\s+falta|hacen\\s+falta|precisamos(?:\\s+d[eoa])?|necessitamos(?:\\s+d[eoa])?|faut|avons\\s+besoin\\s+de|ont\\s+besoin\\s+de)\\s+(?:(?:que|el|la|le|o|a|antes|avant)\\s+)*${R}`,
  ),
];

/** The reference waits for the issue. */
export const AWAITED: readonly RegExp[] = [
  form(
    `${WORD}(?:this|it)\\s+(?:one\\s+|issue\\s+)?(?:must|has\\s+to|needs\\s+to|should)\\s+(?!not\\b|never\\b)(?:[\\p{L}]+\\s+){1,4}(?:before\\s+(?:(?:we|you|anyone|anybody)\\s+(?:can\\s+)?\\p{L}+\\s+)?${ISSUE}${R}|for\\s+${ISSUE}${R}\\s+to\\s+(?=\\p{L}))`,
  ),
];
