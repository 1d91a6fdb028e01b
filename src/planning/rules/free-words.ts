import { HAPPENED, PAST } from './reference-forms.ts';

/** Words for an order of work, in any form. */
const ORDER =
  /(?<![\p{L}])(?:after(?:wards)?|before(?:hand)?|first|then|until|till|once|wait\w*|sequenc\w*|order|prereq\w*|preconditions?|predecessors?|depend\w*|requir\w*|needs?|needed|block\w*|hold|held|postpon\w*|behind|prepar\w*|groundwork|on top|in place|erst|zuerst|vorher|davor|danach|solange|wart\w*|voraussetz\w*|antes|despu[eé]s|primero|esper\w*|depois|primeiro|aguard\w*|avant|apr[eè]s|attend\w*|d['’]abord)(?![\p{L}])|まで|依存|前提|先に|先|之后|之前|以后|等/iu;
/** Words for any other relation, and denials. */
const OTHERWISE =
  /(?<![\p{L}])(?:see|related|unrelated|similar|like|cc|dup\w*|mention\w*|discuss\w*|caused|regress\w*|found|thanks|reported|same|cf|no|nor|neither|nothing|never|independent\w*|nicht|kein\w*|ne|pas|n[aã]o|nada|sin|ohne)(?![\p{L}])|ない|ません|[不无無沒没]/iu;
const DENIED = /\bnot\b|n['’]t\b/i;
const BOUND = /\b(?:until|till|before|unless|as long as|while)\b/i;

/**
 * Whether a sentence that fits no form may tell of an order. A person is asked about it, because a missed order
 * costs more than a question.
 */
export const mayOrder = (sentence: string): boolean =>
  ORDER.test(sentence) &&
  !OTHERWISE.test(sentence) &&
  !HAPPENED.test(sentence) &&
  !PAST.test(sentence) &&
  (!DENIED.test(sentence) || BOUND.test(sentence));
