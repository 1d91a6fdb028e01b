import type { GuidanceInput } from './guidance.ts';
import type { Question } from './turn.ts';

/** What a line that a person types under a question means. */
export type AnswerLine =
  | { readonly do: 'guide'; readonly guidance: Exclude<GuidanceInput, string> }
  /** It needs more: words, or an amount in US dollars. */
  | { readonly do: 'words' | 'amount'; readonly action: 'answer' | 'attempt' }
  | { readonly do: 'cancel' | 'skip' | 'quit' }
  /** It means nothing here, for this reason. */
  | { readonly do: 'again'; readonly reason: string };

const SKIP = /^(s|skip)?$/i;
const QUIT = /^(q|quit|exit)$/i;
const YES = /^(y|yes|ok|a|approve|approved)[.!]?$/i;
const RETRY = /^(r|retry|y|yes|again)[.!]?$/i;

/** Reads a person's answer: the number of an option, a word that means one, or their own words for the agent. */
export function readAnswerLine(line: string, question: Question): AnswerLine {
  const said = line.trim();
  const about = question.decision;
  if (SKIP.test(said)) return { do: 'skip' };
  if (QUIT.test(said)) return { do: 'quit' };
  if (/^\d{1,2}$/.test(said)) return chosen(Number(said), question);
  if (question.asksFor === 'approval' && YES.test(said))
    return { do: 'guide', guidance: { action: 'approve', about } };
  if (question.asksFor === 'retry' && RETRY.test(said))
    return { do: 'guide', guidance: { action: 'retry', about } };
  if (question.asksFor === 'budget') return asBudget(said, about);
  if (said.length < 3)
    return { do: 'again', reason: `"${said}" is too short for an answer in words` };
  return { do: 'guide', guidance: { text: said, about } };
}

function chosen(number: number, { options, decision }: Question): AnswerLine {
  const option = options[number - 1];
  if (!option)
    return {
      do: 'again',
      reason:
        options.length === 0 ? 'it has no options' : `it has the options 1 to ${options.length}`,
    };
  switch (option.effect ?? 'answer') {
    case 'say':
      return { do: 'words', action: 'answer' };
    case 'attempt':
      return { do: 'words', action: 'attempt' };
    case 'raise':
      return { do: 'amount', action: 'answer' };
    case 'cancel':
      return { do: 'cancel' };
    case 'wait':
      return { do: 'skip' };
    default:
      return { do: 'guide', guidance: { option: number, about: decision } };
  }
}

/** A budget is answered with dollars: `+5`. */
function asBudget(said: string, about: string): AnswerLine {
  const budget = dollarsIn(said);
  return budget === undefined
    ? {
        do: 'again',
        reason: 'it asks for a higher budget: give dollars, such as +5, or the number of an option',
      }
    : { do: 'guide', guidance: { budget, about } };
}

/** US dollars as a person writes them; undefined when these are none. */
export function dollarsIn(text: string): number | undefined {
  const [, amount] = /^\s*\+?\$?(\d{1,6}(?:\.\d+)?)\s*$/.exec(text) ?? [];
  return amount === undefined || Number(amount) === 0 ? undefined : Number(amount);
}
