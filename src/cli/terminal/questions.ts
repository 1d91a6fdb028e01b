import { isCancel, multiselect, select } from '@clack/prompts';
import { Interrupted } from '../errors.ts';
import { dropTypedAhead } from './typed-ahead.ts';

export interface Choice {
  readonly label: string;
  readonly hint?: string;
}

/** Asks the person at the terminal. */
export interface Questions {
  /** @returns the indices chosen, of any number */
  some(message: string, choices: readonly Choice[], chosen: readonly number[]): Promise<number[]>;
  /** @returns the index chosen */
  one(message: string, choices: readonly Choice[]): Promise<number>;
}

/** @throws Interrupted when the person presses Ctrl-C */
export const clackQuestions: Questions = {
  some: async (message, choices, chosen) => {
    await dropTypedAhead(process.stdin);
    return answered(
      await multiselect({
        ...{ message, initialValues: [...chosen], required: false },
        options: options(choices),
      }),
    );
  },
  one: async (message, choices) => {
    await dropTypedAhead(process.stdin);
    return answered(await select({ message, options: options(choices) }));
  },
};

const options = (choices: readonly Choice[]) =>
  choices.map((choice, value) => ({ value, ...choice }));

function answered<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) throw new Interrupted();
  return answer as Exclude<T, symbol>;
}
