import { oneLine } from '../shared/text.ts';
import { optionCommand, optionLine } from './options.ts';
import type { AsksFor, Question } from './turn.ts';

/** What answering a question takes, as a person is told it. */

const ANSWER: Readonly<Record<AsksFor, string>> = {
  guidance: '"…"',
  approval: '--approve',
  resolution: '"…"',
  budget: '--budget +5',
  retry: '--retry',
};

/** As much of a question as its answers depend on. */
export type Answerable = Pick<Question, 'options'> & { readonly asksFor: AsksFor | null };

/** The command that answers it: the recommended option, else the answer that its kind wants. */
export function answerCommand(issue: number, { asksFor, options }: Answerable): string {
  const recommended = options.findIndex((option) => option.recommended);
  const option = options[recommended];
  const command = option && optionCommand(issue, recommended + 1, option);
  return command ?? `coppice guide ${issue} ${ANSWER[asksFor ?? 'guidance']}`;
}

const ASKS: Readonly<Record<AsksFor, string>> = {
  guidance: 'asks a question',
  approval: 'asks you to approve its plan',
  resolution: 'asks about a conflict',
  budget: 'asks for a higher budget',
  retry: 'asks whether to try a failed step again',
};

/** What it asks for, and each command that answers it, for whoever answered otherwise. */
export function howToAnswer(issue: number, { asksFor, options }: Answerable): string {
  const kind = asksFor ?? 'guidance';
  const chosen = options.flatMap((option, index) =>
    option.effect === 'cancel' ? [] : (optionCommand(issue, index + 1, option) ?? []),
  );
  const words = kind === 'guidance' ? [`coppice guide ${issue} "…"`] : [];
  const commands =
    chosen.length > 0 ? [...chosen, ...words] : [answerCommand(issue, { asksFor, options })];
  return `it ${ASKS[kind]}: ${[...new Set(commands)].slice(0, 5).join(', or ')}`;
}

/** A question in one line, with its options and how it is answered. */
export function notificationOf(issue: number, question: Question): string {
  const options = question.options.map((option, index) =>
    oneLine(optionLine(option, index + 1), 100),
  );
  return [question.decision, ...options, answerCommand(issue, question)].join('  ');
}
