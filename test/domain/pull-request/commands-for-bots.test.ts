import { expect, test } from 'vitest';
import { isForOtherBots } from '../../../src/domain/pull-request/commands-for-bots.ts';

test.each([
  ...['/retest', '/lgtm\n/approve', '/hold cancel', '/assign @kim', '/kind bug', '/azp run'],
  ...['/cc @kim @robin', '/label area/api', '/gemini review', '/cherry-pick release-1.2'],
  ...['@coderabbitai review', '@coderabbitai full review', '@copilot review', '@dependabot rebase'],
  ...['bors r+', 'bors r=kim', '  /retest  \r\n', '/run-e2e', '/format', '/deploy pr-12'],
  ...['recheck', 'retest this please', 'Jenkins, test this please.'],
])('what commands another program is no word for the agent: %j', (text) => {
  expect(isForOtherBots(text)).toBe(true);
});

test.each([
  ...['/login returns 500', '/test fails', '/label is missing', '/review looks empty', ''],
  ...['/lgtm but rename it', '/retest\nAnd rename it', '@coderabbitai is right, please mend it'],
  ...['@copilot review says it leaks', 'See /retest', 'bors is right', '/etc/hosts', '`/retest`'],
  ...['/users 404', '/build fails', 'Please recheck the lock'],
])('a word for the agent that looks like a command is heard: %j', (text) => {
  expect(isForOtherBots(text)).toBe(false);
});
