import { z } from 'zod';
import { oneLine } from '../shared/text.ts';
import { ToolRule } from './guidance.ts';

const label = z.string().trim().min(1).max(2_000);

/**
 * The effect of an option. An agent's option is sent to the agent (`answer`); only Coppice itself offers the others. `say` and
 * `attempt` need a text, `raise` needs an amount, and `wait` needs nothing. `cancel` has a command of its own.
 */
const Effect = z.enum([
  'answer',
  'say',
  'approve',
  'retry',
  'resolved',
  'attempt',
  'raise',
  'allow',
  'cancel',
  'wait',
]);

/** One option of a question. */
export interface QuestionOption {
  readonly label: string;
  /** The consequence of choosing it; may be empty. */
  readonly consequence: string;
  readonly recommended: boolean;
  /** `answer` when absent. */
  readonly effect?: z.infer<typeof Effect> | undefined;
  /** The tool that it allows. */
  readonly tool?: string | undefined;
}
export type OptionInput =
  | string
  | {
      readonly label: string;
      readonly consequence?: string | undefined;
      readonly recommended?: boolean | undefined;
      readonly effect?: QuestionOption['effect'];
      readonly tool?: string | undefined;
    };

const ofLabel = label.transform((text) => withDefaults([text])[0] as QuestionOption);

/** An option as an agent writes it. A plain string is its label. */
export const AgentOption = z.union([
  ofLabel,
  z
    .object({
      label: label.describe('What a person would choose, in a few words'),
      consequence: z.string().trim().max(2_000).default('').describe('What follows from it'),
      recommended: z.boolean().default(false).describe('True for the one you recommend'),
    })
    .transform((option): QuestionOption => option),
]);

export const QuestionOption = z.union([
  ofLabel,
  z
    .object({
      label,
      consequence: z.string().max(2_000).default(''),
      recommended: z.boolean().default(false),
      effect: Effect.optional(),
      tool: ToolRule.optional(),
    })
    .transform((option): QuestionOption => option),
]);

/** At most one option is recommended: the first of several. */
export function onlyOneRecommended(options: readonly QuestionOption[]): QuestionOption[] {
  const first = options.findIndex(({ recommended }) => recommended);
  return options.map((option, index) => ({ ...option, recommended: index === first }));
}

/** Options with defaults for the parts that they lack. */
export const withDefaults = (options: readonly OptionInput[]): QuestionOption[] =>
  options.map((option) => {
    const given = typeof option === 'string' ? { label: option } : option;
    const { consequence = '', recommended = false } = given;
    return { ...given, consequence, recommended };
  });

/** Options of Coppice's own questions. */
export const CANCEL = {
  label: 'cancel the session',
  consequence: 'its work is kept',
  effect: 'cancel',
} as const satisfies OptionInput;
export const TRY_AGAIN = { label: 'try it again', effect: 'retry' } as const satisfies OptionInput;

/** The command that chooses the option, to be copied; undefined when there is none. `…` stands for the person's text. */
export function optionCommand(
  issue: number,
  number: number,
  { effect = 'answer', tool }: Pick<QuestionOption, 'effect' | 'tool'>,
): string | undefined {
  const guide = `coppice guide ${issue}`;
  switch (effect) {
    case 'answer':
      return `${guide} --option ${number}`;
    case 'say':
      return `${guide} "…"`;
    case 'approve':
    case 'retry':
    case 'resolved':
      return `${guide} --${effect}`;
    case 'attempt':
      return `${guide} --attempt "…"`;
    case 'raise':
      return `${guide} --budget +5`;
    case 'allow':
      return `${guide} --allow "${tool ?? ''}"`;
    case 'cancel':
      return `coppice cancel ${issue}`;
    case 'wait':
      return undefined;
  }
}

/** `1. sliding expiration (recommended): people stay logged in` */
export function optionLine(
  { label, consequence, recommended }: QuestionOption,
  number: number,
): string {
  const head = `${number}. ${oneLine(label, 300)}${recommended ? ' (recommended)' : ''}`;
  return consequence === '' ? head : `${head}: ${oneLine(consequence, 500)}`;
}
