import { expect, test } from 'vitest';
import {
  INBOX,
  isAnswer,
  noteRefusal,
  type Refusal,
  readGuidance,
  type Told,
} from '../../../src/domain/session/answers.ts';
import { Guidance, MAX_GUIDANCE } from '../../../src/domain/session/guidance.ts';
import type { AsksFor } from '../../../src/domain/session/turn.ts';

const told = (more: Partial<Told> = {}): Told => ({
  ...{ asksFor: null, over: undefined, pending: [], allowed: [] },
  ...more,
});

const problem = (input: unknown, more: Partial<Told> = {}): string | undefined => {
  const read = readGuidance(input, told(more));
  return 'problem' in read ? read.problem : undefined;
};

test.each([
  ['', /^it is empty/],
  [' \n\t ', /^it is empty/],
  ['\u200b', /^it is empty/],
  [{}, /^it is empty/],
  [{ action: 'attempt' }, /^it is empty/],
  [{ text: '  ', interrupt: true }, /^it is empty/],
  [{ txt: 'yes' }, /^it has no txt: expected words, or an object of text, action/],
  [
    { action: 'aprove' },
    /^there is no action aprove: expected answer, approve, resolved or attempt/,
  ],
  [42, /^this is not guidance/],
  [null, /^this is not guidance/],
  [['yes'], /^this is not guidance/],
  [undefined, /^this is not guidance/],
  [{ text: 7 }, /^text: /],
  [{ allow: ['a,b'] }, /^allow\.0: is no tool/],
])('%j is not taken', (input, reason) => {
  expect(problem(input)).toMatch(reason);
});

test('more than a person types is not taken', () => {
  for (const input of ['x'.repeat(MAX_GUIDANCE + 1), { text: 'x'.repeat(MAX_GUIDANCE + 1) }])
    expect(problem(input)?.slice(0, 200)).toMatch(/has more than 64000 characters/);
});

test.each<[AsksFor | null, unknown, boolean]>([
  [null, 'words', true],
  [null, { action: 'approve' }, false],
  [null, { action: 'resolved', text: 'done' }, false],
  ['guidance', 'words', true],
  ['guidance', { action: 'approve' }, false],
  ['guidance', { action: 'approve', text: 'yes' }, false],
  ['guidance', { action: 'resolved' }, false],
  ['guidance', { budget: 5 }, true],
  ['approval', { action: 'approve' }, true],
  ['approval', 'change this', true],
  ['approval', { action: 'resolved' }, false],
  ['resolution', { action: 'resolved' }, true],
  ['resolution', 'keep theirs', true],
  ['resolution', { action: 'approve' }, false],
  ['resolution', { action: 'attempt', text: 'keep theirs' }, true],
  ['guidance', { action: 'attempt', text: 'keep theirs' }, false],
  ['approval', { action: 'attempt', text: 'keep theirs' }, false],
  [null, { action: 'attempt', text: 'keep theirs' }, false],
  ['budget', { action: 'approve' }, false],
  ['budget', 'later', true],
])('asked for %s, %j is taken: %s', (asksFor, input, taken) => {
  expect(problem(input, { asksFor }) === undefined).toBe(taken);
});

test('only what was asked for is an answer; the rest waits for the next turn', () => {
  const of = (input: unknown) =>
    (['guidance', 'approval', 'resolution', 'budget'] as const).filter((asksFor) =>
      isAnswer(asksFor, Guidance.parse(input)),
    );
  expect(of('words')).toEqual(['guidance', 'approval', 'resolution']);
  expect(of({ allow: ['WebFetch'] })).toEqual(['guidance']);
  expect(of({ budget: 5 })).toEqual([]);
  expect(of({ action: 'approve' })).toEqual(['approval']);
  expect(of({ action: 'resolved' })).toEqual(['resolution']);
});

test('a full inbox refuses, and a session that is over', () => {
  const long = Guidance.parse('x'.repeat(MAX_GUIDANCE));
  const pending = Array.from({ length: INBOX.bytes / MAX_GUIDANCE }, () => long);
  expect(problem('y', { pending })).toMatch(/^its inbox is full: 8 pieces/);
  expect(problem('y', { pending: pending.slice(1) })).toBeUndefined();
  const many = Array.from({ length: INBOX.pieces }, () => Guidance.parse('z'));
  expect(problem('y', { pending: many })).toMatch(/inbox is full/);
  const allowed = Array.from({ length: INBOX.tools }, (_, index) => `Tool${index}`);
  expect(problem({ allow: ['Another'] }, { allowed })).toMatch(/no more than 200/);
  expect(problem({ allow: ['Tool7'] }, { allowed })).toBeUndefined();
  expect(problem('y', { over: 'it has ended' })).toBe('it has ended');
});

test('of what was not taken the latest is kept, in short', () => {
  const refused: Refusal[] = [];
  for (let index = 0; index < 50; index++)
    noteRefusal(refused, { what: { index, text: 'x'.repeat(9_000) }, reason: 'r', at: 't' });
  expect(refused).toHaveLength(20);
  expect(refused[0]?.what).toMatch(/^\{"index":30,/);
  expect(JSON.stringify(refused).length).toBeLessThan(20_000);
});
