import { createInterface, type Interface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { Interrupted } from '../errors.ts';
import { dropTypedAhead, type TypedInput } from './typed-ahead.ts';

type Input = Readable & TypedInput;

/**
 * Reads line by line what a person types or pipes in. What was typed before a question appeared is dropped, since it can't be
 * meant for it; what is piped in is not.
 */
export function lineReader(
  input: Input,
  output: Writable,
): (prompt: string) => Promise<string | undefined> {
  let piped: AsyncIterator<string> | undefined;
  return async (prompt) => {
    if (input.isTTY === true) {
      await dropTypedAhead(input);
      return typed(createInterface({ input, output }), prompt);
    }
    output.write(prompt);
    piped ??= createInterface({ input })[Symbol.asyncIterator]();
    const { done, value } = await piped.next();
    output.write(done ? '\n' : `${value}\n`);
    return done ? undefined : value;
  };
}

/** One line, or undefined when the person ends the input. @throws Interrupted at Ctrl-C */
async function typed(lines: Interface, prompt: string): Promise<string | undefined> {
  const ended = Promise.withResolvers<string | undefined>();
  lines.once('SIGINT', () => ended.reject(new Interrupted()));
  lines.once('close', () => ended.resolve(undefined));
  try {
    return await Promise.race([lines.question(prompt), ended.promise]);
  } finally {
    lines.close();
  }
}
