import { expect, test } from 'vitest';
import {
  isForOtherBots,
  withoutOtherCommands,
} from '../../../src/domain/pull-request/commands-for-bots.ts';

test.each([
  ...['/retest', '/lgtm\n/approve', '/hold cancel', '/assign @kim', '/kind bug', '/azp run'],
  ...['/cc @kim @robin', '/label area/api', '/gemini review', '/cherry-pick release-1.2'],
  ...['@coderabbitai review', '@coderabbitai full review', '@copilot review', '@dependabot rebase'],
  ...['bors r+', 'bors r=kim', '  /retest  \r\n', '/run-e2e', '/format', '/deploy pr-12'],
  ...['recheck', 'retest this please', 'Jenkins, test this please.'],
])('what commands another program is no word for the agent: %j', (text) => {
  expect(isForOtherBots(text, false)).toBe(true);
});

test.each([
  ...['/login returns 500', '/test fails', '/label is missing', '/review looks empty', ''],
  ...['/lgtm but rename it', '/retest\nAnd rename it', '@coderabbitai is right, please mend it'],
  ...['@copilot review says it leaks', 'See /retest', 'bors is right', '/etc/hosts', '`/retest`'],
  ...['/users 404', '/build fails', 'Please recheck the lock'],
])('a word for the agent that looks like a command is heard: %j', (text) => {
  expect(isForOtherBots(text, false)).toBe(false);
});

test.each([
  'The login should redirect to this route instead:\n/dashboard',
  'The login should redirect to\n/dashboard',
  'Serve it under\n/api\nnot under\n/v2',
  'Move the page to this route:\n\n/review',
  '/users\n/groups',
])('a line of a point that is one path stays in it: %j', (text) => {
  expect(withoutOtherCommands(text)).toBe(text);
  expect(isForOtherBots(text, false)).toBe(false);
});

test('a path is an answer in a thread, where `/format` outside of threads commands a program', () => {
  expect(isForOtherBots('/login', true)).toBe(false);
  expect(isForOtherBots('/lgtm\n/format', false)).toBe(true);
  expect(isForOtherBots('/retest', true)).toBe(true);
});
