import { PassThrough } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { Interrupted } from '../../../src/cli/errors.ts';
import { questionsAt } from '../../../src/cli/terminal/questions.ts';

/** A terminal at which a person presses keys once the question is there. */
function terminal() {
  const raw: boolean[] = [];
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (on: boolean) => void raw.push(on),
  });
  const output = new PassThrough();
  let shown = '';
  output.on('data', (data) => {
    shown += data;
  });
  const ask = () =>
    questionsAt(input, output).one('Which?', [{ label: 'this' }, { label: 'that' }]);
  const isAsked = () => vi.waitFor(() => expect(shown).toContain('Which?'));
  const isRestored = () =>
    raw.at(-1) === false && shown.lastIndexOf('\u001b[?25h') > shown.lastIndexOf('\u001b[?25l');
  return { input, ask, isAsked, isRestored };
}

const KEYS = { 'Ctrl-C': '\u0003', 'Ctrl-D': '\u0004', Escape: '\u001b' };

test.for(Object.entries(KEYS))(
  '%s at a question leaves, and the terminal is as before',
  async ([, key]) => {
    const { input, ask, isAsked, isRestored } = terminal();
    const left = expect(ask()).rejects.toBeInstanceOf(Interrupted);
    await isAsked();
    input.write(key);
    await left;
    expect(isRestored()).toBe(true);
  },
);

test('a terminal that is gone leaves too', async () => {
  const { input, ask, isAsked } = terminal();
  const left = expect(ask()).rejects.toBeInstanceOf(Interrupted);
  await isAsked();
  input.end();
  await left;
});

test('a choice is answered by its position', async () => {
  const { input, ask, isAsked } = terminal();
  const chosen = ask();
  await isAsked();
  input.write('\u001b[B');
  input.write('\r');
  expect(await chosen).toBe(1);
});
