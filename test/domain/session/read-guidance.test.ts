import { expect, test } from 'vitest';
import { Guidance, MAX_GUIDANCE } from '../../../src/domain/session/guidance.ts';
import { CANCEL, TRY_AGAIN } from '../../../src/domain/session/options.ts';
import {
  type GuidanceTarget,
  INBOX,
  isAnswer,
  readGuidance,
} from '../../../src/domain/session/read-guidance.ts';
import { noteRefusal, type Refusal } from '../../../src/domain/session/refusals.ts';
import {
  type AsksFor,
  type QuestionInput,
  questionInFull,
} from '../../../src/domain/session/turn.ts';

const told = (more: Partial<GuidanceTarget> = {}): GuidanceTarget => ({
  ...{
    issue: 124,
    question: null,
    answer: null,
    closedReason: undefined,
    pending: [],
    allowed: [],
  },
  ...more,
});

const asking = (question: Partial<QuestionInput>) =>
  questionInFull({ decision: 'which?', ...question });

const problem = (input: unknown, more: Partial<GuidanceTarget> = {}): string | undefined => {
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
    /^there is no action aprove: expected answer, approve, resolved, attempt or retry/,
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

test('guidance that is too long is refused', () => {
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
  ['guidance', { action: 'retry' }, false],
  ['approval', { action: 'retry' }, false],
  ['retry', { action: 'retry' }, true],
  ['retry', 'mended', true],
  ['retry', { action: 'approve' }, false],
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
  const question = asksFor && asking({ asksFor });
  expect(problem(input, { question }) === undefined).toBe(taken);
});

test('only guidance of the right kind is an answer; other guidance waits for the next turn', () => {
  const of = (input: unknown) =>
    (['guidance', 'approval', 'resolution', 'budget', 'retry'] as const).filter((asksFor) =>
      isAnswer(asksFor, Guidance.parse(input)),
    );
  expect(of('words')).toEqual(['guidance', 'approval', 'resolution', 'retry']);
  expect(of({ allow: ['WebFetch'] })).toEqual(['guidance']);
  expect(of({ budget: 5 })).toEqual([]);
  expect(of({ action: 'approve' })).toEqual(['approval']);
  expect(of({ action: 'resolved' })).toEqual(['resolution']);
  expect(of({ action: 'retry' })).toEqual(['retry']);
});

test('a session with a full inbox refuses guidance, and so does one that has ended', () => {
  const long = Guidance.parse('x'.repeat(MAX_GUIDANCE));
  const pending = Array.from({ length: INBOX.bytes / MAX_GUIDANCE }, () => long);
  expect(problem('y', { pending })).toMatch(/^its inbox is full: 8 pieces/);
  expect(problem('y', { pending: pending.slice(1) })).toBeUndefined();
  const many = Array.from({ length: INBOX.pieces }, () => Guidance.parse('z'));
  expect(problem('y', { pending: many })).toMatch(/inbox is full/);
  const allowed = Array.from({ length: INBOX.tools }, (_, index) => `Tool${index}`);
  expect(problem({ allow: ['Another'] }, { allowed })).toMatch(/no more than 200/);
  expect(problem({ allow: ['Tool7'] }, { allowed })).toBeUndefined();
  expect(problem('y', { closedReason: 'it has ended' })).toBe('it has ended');
});

test('the latest refused messages are kept, shortened', () => {
  const refused: Refusal[] = [];
  for (let index = 0; index < 50; index++)
    noteRefusal(refused, { what: { index, text: 'x'.repeat(9_000) }, reason: 'r', at: 't' });
  expect(refused).toHaveLength(20);
  expect(refused[0]?.what).toMatch(/^\{"index":30,/);
  expect(JSON.stringify(refused).length).toBeLessThan(20_000);
});

const TOKENS = asking({
  options: ['sliding expiration', { label: 'fixed expiration', recommended: true }, CANCEL],
});

const taken = (input: unknown, question = TOKENS) => {
  const read = readGuidance(input, told({ question }));
  return 'guidance' in read ? read.guidance : read.problem;
};

test('an option is replaced by its effect, with the text that the person adds', () => {
  expect(taken({ option: 2 })).toMatchObject({
    ...{ text: 'Option 2: fixed expiration', action: 'answer' },
  });
  expect(taken({ option: 1, text: 'with 15 minutes' })).toMatchObject({
    text: 'Option 1: sliding expiration\n\nwith 15 minutes',
  });
  const plan = asking({
    asksFor: 'approval',
    options: [
      { label: 'approve it', effect: 'approve' },
      { label: 'say what to change', effect: 'say' },
    ],
  });
  expect(taken({ option: 1 }, plan)).toMatchObject({ action: 'approve', text: '' });
  expect(taken({ option: 2, text: 'less' }, plan)).toMatchObject({
    action: 'answer',
    text: 'less',
  });
  expect(taken({ option: 2 }, plan)).toBe('option 2 needs your words: coppice guide 124 "…"');
  const failed = asking({ asksFor: 'retry', options: [TRY_AGAIN, CANCEL] });
  expect(taken({ option: 1 }, failed)).toMatchObject({ action: 'retry' });
  const tool = asking({
    options: [{ label: 'allow it', effect: 'allow', tool: 'WebFetch' }],
  });
  expect(taken({ option: 1 }, tool)).toMatchObject({ allow: ['WebFetch'], text: '' });
});

test.each<[unknown, string]>([
  [{ option: 3 }, 'option 3 ends the session: coppice cancel 124'],
  [
    { option: 4 },
    'there is no option 4: it has the options 1 to 3; it asks a question: coppice guide 124 --option 1, or coppice guide 124 --option 2, or coppice guide 124 "…"',
  ],
  [
    { option: 1, action: 'approve' },
    'an option is an answer by itself: choose one, or say it otherwise',
  ],
  [{ option: 0 }, 'option: Too small: expected number to be >=1'],
  [{ option: 1, about: 'another?' }, 'it asks something else by now: coppice show 124'],
  [
    { action: 'approve' },
    'no plan waits for an approval; it asks a question: coppice guide 124 --option 1, or coppice guide 124 --option 2, or coppice guide 124 "…"',
  ],
])('%j is refused with the right command', (input, reason) => {
  expect(problem(input, { question: TOKENS })).toBe(reason);
});

test('what only a person may do is refused to a chat, also as an option', () => {
  const refused =
    "a chat can't do this for you: coppice show 124 shows the command for your terminal";
  const relayed = true;
  const tool = asking({ options: [{ label: 'allow it', effect: 'allow', tool: 'WebFetch' }] });
  expect(problem({ relayed, option: 1 }, { question: tool })).toBe(refused);
  expect(problem({ relayed, text: 'Yes', allow: ['WebFetch'] })).toBe(refused);
  expect(problem({ relayed, text: 'Yes', budget: 5 })).toBe(refused);
  const conflict = asking({ asksFor: 'resolution' });
  expect(problem({ relayed, action: 'resolved' }, { question: conflict })).toBe(refused);
  expect(problem({ relayed, option: 2 }, { question: TOKENS })).toBeUndefined();
});

test('a second answer is refused with the text of the first', () => {
  expect(problem({ option: 1 }, { answer: 'Option 2: fixed expiration' })).toBe(
    'it asks nothing any more: its question was answered with “Option 2: fixed expiration”',
  );
  expect(problem({ option: 1 })).toBe('it asks nothing');
});
