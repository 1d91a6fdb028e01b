import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { Interrupted } from '../../../src/cli/errors.ts';
import { dropTypedAhead } from '../../../src/cli/terminal/typed-ahead.ts';

/** A terminal in which this was typed before anything asked. */
function typed(text: string) {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  input.write(text);
  return input;
}

test('what was typed before a question is none of its answers', async () => {
  const input = typed('\n\ny');
  await dropTypedAhead(input);
  input.write('n');
  expect(String(input.read())).toBe('n');
});

test('a Ctrl-C typed before a question leaves', async () => {
  await expect(dropTypedAhead(typed('\n\u0003'))).rejects.toBeInstanceOf(Interrupted);
});

test('input that is no terminal is left alone', async () => {
  const input = Object.assign(typed('all of it'), { isTTY: false });
  await dropTypedAhead(input);
  expect(String(input.read())).toBe('all of it');
});
