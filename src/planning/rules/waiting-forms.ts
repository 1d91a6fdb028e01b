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
    `${R}[^⟦.]{1,80}(?<![\\p{L}])(?:not|nothing|[\\p{L}]+n['’]t|wait|hold)\\s+${GAP}(?:until|till|before|for)\\s+(?:that|it|those|they)(?![\\p{L}])`,
  ),
  form(
    `${WORD}(?:not|cannot|nothing|[\\p{L}]+n['’]t)\\s+${GAP}without\\s+(?:(?:the|an?)\\s+\\p{L}+\\s+(?:in|of|from|on|about)\\s+)?${ISSUE}${R}`,
  ),
  form(`${WORD}held\\s+(?:back|up)\\s+by\\s+${ISSUE}${R}`),
  form(`${WORD}depend(?:s|ing)?\\s+on\\s+(?:how|what|which|where)\\s+${ISSUE}${R}`),
  form(
    `${WORD}(?:prereqs?|prerequisites?|preconditions?|blockers?|predecessors?|dependency|dependencies)\\s+(?:(?:for|of)\\s+(?:this|it)\\s+)?(?:is|are)\\s+${ISSUE}${R}`,
  ),
  form(
    `${R}\\s+(?:must|has\\s+to|have\\s+to|needs?\\s+to|should)\\s+${GAP}(?:before|beforehand|earlier|up\\s+front)(?=\\s*[,.;!)]|\\s*$)`,
  ),
  form(`${R},?\\s+(?:and\\s+|only\\s+)?then\\s+(?:this|it|we)(?![\\p{L}])`),
  form(`${R}\\s+(?:takes?\\s+(?:precedence|priority)|has\\s+(?:precedence|priority))(?![\\p{L}])`),
  // Other languages
  form(`${R}\\s*を[^。⟦]{0,12}(?:必要が|てから|た後|たあと)`),
  form(`${WORD}erst[^⟦.]{0,60}(?:wenn|sobald|nachdem)\\s+${R}`),
  form(
    `${WORD}(?:solange|mientras|enquanto|tant\\s+que)\\s+(?:(?:el|la|le|o|a|que)\\s+)*${R}\\s+(?:[\\p{L}]+\\s+){0,3}(?:nicht|offen|no|abiert[oa]|n[aã]o|abert[oa]|pas|ouverte?)`,
  ),
  form(
    `${WORD}(?:zuerst|vorher|davor|primero|antes|primeiro|d['’]abord)[,:]?\\s+(?:muss|m[uü]ssen|soll(?:te)?|hay|debe|deve|tem|temos|tenemos|il|on|nous)\\s+${GAP}${R}`,
  ),
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
    `${WORD}(?:prepares?|preparation|groundwork|preparatory\\s+work)\\s+(?:the\\s+(?:ground|way)\\s+)?(?:for|of)?\\s*${ISSUE}${R}`,
  ),
  form(
    `${WORD}(?:this|it)\\s+(?:one\\s+|issue\\s+)?(?:must|has\\s+to|needs\\s+to|should)\\s+(?!not\\b|never\\b)(?:[\\p{L}]+\\s+){1,4}(?:before\\s+(?:(?:we|you|anyone|anybody)\\s+(?:can\\s+)?\\p{L}+\\s+)?${ISSUE}${R}|for\\s+${ISSUE}${R}\\s+to\\s+(?=\\p{L}))`,
  ),
];
