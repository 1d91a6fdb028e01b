import { expect, test } from 'vitest';
import { acp } from '../../../src/agents/adapters/acp.ts';
import { NOTHING_READ, readFurther } from '../../../src/agents/turn/reading.ts';

const ended = (text: string) =>
  acp.conclude({
    code: 0,
    resumed: false,
    reading: readFurther(
      NOTHING_READ,
      [JSON.stringify({ type: 'result', failed: true, text, denials: [] })],
      acp,
    ),
    report: { kind: 'invalid', problem: 'missing', tail: '' },
    errors: '',
    tail: '',
  });

test.each([
  'Internal error: Claude Code process terminated by signal SIGKILL',
  'Internal error: The Claude Agent process exited unexpectedly. Please start a new session.',
])('an agent whose own program something killed is resumed: %s', (text) => {
  expect(ended(text)).toEqual({ again: 'resume' });
});

test.each([
  ['Internal error: Overloaded', 'unavailable'],
  ['You have hit your weekly limit', 'usage-limited'],
  ['Internal error: no such model', 'failed'],
])('an agent that fails says why: %s', (text, kind) => {
  expect(ended(text)).toMatchObject({ outcome: { kind } });
});
