import { expect, test } from 'vitest';
import { commandOf, looksLikeCommand } from '../../../src/domain/pull-request/comment-command.ts';

test.each([
  ['/coppice guide Use a map', { do: 'guide', text: 'Use a map' }],
  ['  /coppice guide one\ntwo\n', { do: 'guide', text: 'one\ntwo' }],
  ['/coppice approve', { do: 'approve', text: '' }],
  ['/coppice pause for today', { do: 'pause', text: 'for today' }],
])('%j commands', (text, command) => {
  expect(commandOf({ text })).toEqual(command);
});

test.each([
  '/coppice',
  '/coppice guide',
  '/coppice merge',
  '/coppice guidelines are long',
  'please /coppice cancel',
  '> /coppice cancel',
  '/coppice\ncancel',
])('%j commands nothing', (text) => {
  expect(commandOf({ text })).toBeUndefined();
});

test('a mistyped command is for nobody but the person who is shown it', () => {
  expect(looksLikeCommand({ text: '/coppice merge' })).toBe(true);
  expect(looksLikeCommand({ text: 'see /coppice' })).toBe(false);
});
