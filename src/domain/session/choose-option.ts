import { oneLine } from '../shared/text.ts';
import { howToAnswer } from './answer-command.ts';
import type { Guidance, SentGuidance } from './guidance.ts';
import { optionCommand, type QuestionOption } from './options.ts';
import type { Question } from './turn.ts';

/** As much of a session as decides which option can be chosen. */
interface Asks {
  readonly issue: number;
  readonly question: Question | null;
  readonly answer: string | null;
}

type Chosen = { readonly guidance: Guidance } | { readonly problem: string };

/** Makes guidance of the option that a person chose by its number, with the words that they added. */
export function chooseOption(
  sent: Guidance,
  { about, option: number }: Pick<SentGuidance, 'about' | 'option'>,
  { issue, question, answer }: Asks,
): Chosen {
  if (about === undefined && number === undefined) return { guidance: sent };
  if (!question) return { problem: answered(answer) };
  if (about !== undefined && about !== question.decision)
    return { problem: `it asks something else by now: coppice show ${issue}` };
  if (number === undefined) return { guidance: sent };
  if (sent.action !== 'answer')
    return { problem: 'an option is an answer by itself: choose one, or say it otherwise' };
  const option = question.options[number - 1];
  if (!option) return { problem: noSuchOption(number, issue, question) };
  return choose(sent, option, number, issue);
}

const answered = (answer: string | null): string =>
  answer === null
    ? 'it asks nothing'
    : `it asks nothing any more: its question was answered with “${oneLine(answer, 200)}”`;

function noSuchOption(number: number, issue: number, question: Question): string {
  const count = question.options.length;
  const there = count === 0 ? 'its question has no options' : `it has the options 1 to ${count}`;
  return `there is no option ${number}: ${there}; ${howToAnswer(issue, question)}`;
}

function choose(sent: Guidance, option: QuestionOption, number: number, issue: number): Chosen {
  const { text } = sent;
  const command = optionCommand(issue, number, option);
  const instead = (what: string): Chosen => ({
    problem: `option ${number} ${what}${command === undefined ? '' : `: ${command}`}`,
  });
  const { effect = 'answer' } = option;
  switch (effect) {
    case 'answer':
      return {
        guidance: {
          ...sent,
          text: [`Option ${number}: ${option.label}`, text].filter(Boolean).join('\n\n'),
        },
      };
    case 'say':
      return text === '' ? instead('needs your words') : { guidance: sent };
    case 'attempt':
      return text === ''
        ? instead('needs your words')
        : { guidance: { ...sent, action: 'attempt' } };
    case 'approve':
    case 'retry':
    case 'resolved':
      return { guidance: { ...sent, action: effect } };
    case 'allow':
      return { guidance: { ...sent, allow: [...sent.allow, option.tool ?? ''].filter(Boolean) } };
    case 'raise':
      return sent.budget > 0 ? { guidance: sent } : instead('needs an amount');
    case 'cancel':
      return instead('ends the session');
    case 'wait':
      return instead('needs nothing of you');
  }
}
