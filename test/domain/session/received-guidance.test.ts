import { expect, test } from 'vitest';
import { Guidance, type GuidanceInput } from '../../../src/domain/session/guidance.ts';
import {
  guidanceText,
  markDelivered,
  pendingGuidance,
  type ReceivedGuidance,
  receive,
  shortenDelivered,
  undoDelivery,
} from '../../../src/domain/session/received-guidance.ts';

const at = (minute: number): string => new Date(minute * 60_000).toISOString();

function received(...inputs: GuidanceInput[]): ReceivedGuidance[] {
  const list: ReceivedGuidance[] = [];
  for (const [minute, input] of inputs.entries())
    receive(list, Guidance.parse(input), { at: at(minute), turn: undefined });
  return list;
}

const texts = (list: readonly ReceivedGuidance[]): string[] => list.map(({ text }) => text);

test('guidance waits, in order, until it is delivered', () => {
  const list = received('a', { budget: 5 }, 'b');
  expect(texts(pendingGuidance(list))).toEqual(['a', 'b']);
  markDelivered(pendingGuidance(list), at(9));
  expect(pendingGuidance(list)).toEqual([]);
});

test('guidance whose turn did not happen waits again, whole and at its place, whatever came meanwhile', () => {
  const long = 'x'.repeat(5_000);
  const list = received(long, 'b');
  const given = pendingGuidance(list);
  markDelivered(given, at(9));
  for (let count = 0; count < 40; count++)
    receive(list, Guidance.parse({ budget: 1 }), { at: at(10), turn: at(9) });
  receive(list, Guidance.parse('c'), { at: at(11), turn: at(9) });
  undoDelivery(given);
  expect(texts(pendingGuidance(list))).toEqual([long, 'b', 'c']);
});

test('of delivered guidance the latest pieces are kept, shortened; waiting guidance is never dropped', () => {
  const list = received(...Array.from({ length: 90 }, (_, index) => `${index} ${'x'.repeat(600)}`));
  markDelivered(list.slice(0, 60), at(99));
  shortenDelivered(list);
  expect(list).toHaveLength(60);
  expect(list[0]?.text).toMatch(/^30 x+…$/);
  expect(list[0]?.text).toHaveLength(500);
  expect(pendingGuidance(list)).toHaveLength(30);
  expect(list[59]?.text).toHaveLength(603);
});

test('the agent gets the text, and the tools that it may use', () => {
  expect(
    guidanceText(received('a', { allow: ['WebFetch', 'Bash(npm:*)'] }, { action: 'approve' })),
  ).toBe('a\n\nYou may use from now on: WebFetch, Bash(npm:*)');
  expect(guidanceText(received({ text: 'a', relayed: true }))).toBe(
    'a\n(The person said this in a chat, whose model passed it on in its own words.)',
  );
  expect(guidanceText([])).toBe('');
});
