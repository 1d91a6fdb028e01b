import { expect, test } from 'vitest';
import { commandIn } from '../../../src/domain/pull-request/comment-command.ts';

test.each([
  ['/coppice guide Use a map', { do: 'guide', text: 'Use a map' }],
  ['  /coppice guide one\ntwo\n', { do: 'guide', text: 'one\ntwo' }],
  ['/coppice guide: Use a map', { do: 'guide', text: 'Use a map' }],
  ['/coppice approve', { do: 'approve', text: '' }],
  ['/coppice retry', { do: 'retry', text: '' }],
  ['/coppice option 2', { do: 'option', text: '', option: 2 }],
  ['/Coppice: Option #12.', { do: 'option', text: '', option: 12 }],
  ['  /coppice resume  \r\n', { do: 'resume', text: '' }],
  ['/coppice resume\u00a0', { do: 'resume', text: '' }],
  ['/Coppice pause', { do: 'pause', text: '' }],
  ['/COPPICE Pause.', { do: 'pause', text: '' }],
  ['/coppice: pause', { do: 'pause', text: '' }],
  ['/coppice wait', { do: 'wait', text: '' }],
])('%j commands', (text, command) => {
  expect(commandIn(text)).toEqual({ command, rest: '' });
});

test.each([
  '/coppice',
  '/coppice guide',
  '/coppice merge',
  '/coppice puase',
  '/coppice guidelines are long',
  '/coppice option',
  '/coppice option 0',
  '/coppice option 2 but slowly',
  '/coppice pause for today',
  '/coppice-cancel',
  '/coppice_resume',
  '/coppice-puase.',
  '/coppice, wait',
  '/coppice/cancel',
  '/coppice.',
  '/coppice-guide Use a map',
  '/coppice cancel the second test and keep the first',
  '/coppice pause\n/coppice resume',
  '/coppice resume\nRename it\n/coppice guide Use a map',
  '/coppice guide Use a map\n/coppice resume',
])('%j means to command, and is no command', (text) => {
  expect(commandIn(text)).toMatchObject({ command: null });
});

test.each([
  'please /coppice cancel',
  '> /coppice cancel',
  '`/coppice cancel`',
  '```\n/coppice cancel\n```',
  'Like this:\n\n    /coppice cancel',
  'Like this:\n\n\t/coppice cancel',
  '1. ```\n   /coppice cancel\n   ```',
  '- ~~~\n  /coppice cancel',
  '````\n```\n/coppice cancel\n```\n````',
  '~~~\n```\n/coppice cancel\n~~~',
  '<!--\n/coppice cancel\n-->',
  '<pre>\n/coppice cancel\n</pre>',
  '/coppicecancel',
  '/coppice/wait.ts',
  '/coppice.yaml',
  '/coppice-data/cache is full',
  'see /coppice',
])('%j does not even mean to command', (text) => {
  expect(commandIn(text)).toBeUndefined();
});

test.each(['```js``` is odd here', '<!-- a note --> and this', '```\ncode\n```', '- a point'])(
  'what ends before it hides no command: %j',
  (text) => {
    expect(commandIn(`${text}\n/coppice pause`)?.command).toEqual({ do: 'pause', text: '' });
  },
);

test('a command has a line of its own, and what else is said is for the agent', () => {
  expect(commandIn('Thanks!\n\n/coppice pause')).toEqual({
    ...{ command: { do: 'pause', text: '' }, rest: 'Thanks!' },
  });
  expect(commandIn('Rename it.\n/coppice resume\nAnd sort it.')).toEqual({
    ...{ command: { do: 'resume', text: '' }, rest: 'Rename it.\nAnd sort it.' },
  });
});
