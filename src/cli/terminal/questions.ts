import type { Readable, Writable } from 'node:stream';
import { isCancel, multiselect, select } from '@clack/prompts';
import { Interrupted } from '../errors.ts';
import { dropTypedAhead, type TypedInput } from './typed-ahead.ts';

export interface Choice {
  readonly label: string;
  readonly hint?: string;
}

/** Questions to the person at the terminal. */
export interface Questions {
  /** @returns the indices chosen, of any number */
  some(message: string, choices: readonly Choice[], chosen: readonly number[]): Promise<number[]>;
  /** @returns the index chosen */
  one(message: string, choices: readonly Choice[]): Promise<number>;
}

type Input = Readable & TypedInput;

/** @throws Interrupted when the person presses Ctrl-C or Escape, or ends the input with Ctrl-D */
export const questionsAt = (input: Input, output: Writable): Questions => ({
  some: (message, choices, chosen) =>
    answer(input, (signal) =>
      multiselect({
        ...{ message, initialValues: [...chosen], required: false, input, output, signal },
        options: options(choices),
      }),
    ),
  one: (message, choices) =>
    answer(input, (signal) =>
      select({ message, options: options(choices), input, output, signal }),
    ),
});

const options = (choices: readonly Choice[]) =>
  choices.map((choice, value) => ({ value, ...choice }));

/** Clack never settles a prompt whose input ends, and the process would end as if all were done. */
async function answer<T>(
  input: Input,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<Exclude<T, symbol>> {
  await dropTypedAhead(input);
  const ended = new AbortController();
  const end = () => ended.abort();
  const press = (_: unknown, key?: { readonly ctrl?: boolean; readonly name?: string }) => {
    if (key?.ctrl === true && key.name === 'd') end();
  };
  input.on('keypress', press).on('end', end);
  try {
    const given = await ask(ended.signal);
    if (isCancel(given)) throw new Interrupted();
    return given as Exclude<T, symbol>;
  } finally {
    input.off('keypress', press).off('end', end);
  }
}
