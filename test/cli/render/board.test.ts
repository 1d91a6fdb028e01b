import { Chalk } from 'chalk';
import { expect, test } from 'vitest';
import { renderBoard } from '../../../src/cli/render/board.ts';
import type { Board } from '../../../src/client/types.ts';
import { CANCEL, withDefaults } from '../../../src/domain/session/options.ts';
import { board, minutesAgo, NOW, run, SEED_SESSIONS, session } from '../records.ts';

const render = (shown: Board, columns = 80): string =>
  renderBoard(shown, { now: NOW, color: new Chalk({ level: 0 }), columns });

/** Copied from the seed. */
const SEED = `Active Sessions (3):

[*] #123 - WORKING (45m) - Add export button
    Files changed: 3 (+42, -5)

[!] #124 - STUCK (12m) - Implement auth flow
    Reason: Auth decision needed - token refresh approach unclear

[+] #125 - PR READY - Add dark mode
    PR: https://github.com/owner/repo/pull/42`;

test('the report is the seed’s to the letter, then tells what the person can do', () => {
  expect(render(board(SEED_SESSIONS))).toBe(`${SEED}

What you can do next:
    Answer #124: coppice guide 124 "…"   (coppice show 124 shows more)
    Review #125: https://github.com/owner/repo/pull/42`);
});

test('issues that wait are listed with what they wait for', () => {
  const queue = [
    { issue: 127, waitingFor: '#126' },
    { issue: 128, waitingFor: 'a free slot' },
  ];
  expect(
    render(board([], { runs: [run('first', [127, 128], { queue })] })),
  ).toBe(`Active Sessions (0):

Queue (2):

[ ] #127 - QUEUED - waits for #126

[ ] #128 - QUEUED - waits for a free slot`);
});

test('a step that is tried again says which attempt comes when, and after what', () => {
  const failure =
    'GitHub can’t be reached at https://api.github.com:\u001b[31m ECONNREFUSED\nat once';
  const nextTry = new Date(NOW.getTime() + 40_000).toISOString();
  const retrying = { activity: 'publish', attempt: 5, failure, nextTry };
  const sessions = [
    session(1, { diff: null, activity: 'pushes its branch', retrying }),
    session(2, { status: 'registered', retrying: { ...retrying, attempt: 6, nextTry: null } }),
  ];
  const shown = render(board(sessions));
  expect(shown).toContain(`    pushes its branch
    Trying again: attempt 5 in 40s, after: GitHub can’t be reached at https://api.github.com: ECONNREFUSED at once`);
  expect(shown).toContain('Trying again: attempt 6 is under way, after: GitHub');
});

test('issues that wait are listed with their titles, cut before what they wait for', () => {
  const queue = [
    { issue: 127, waitingFor: '#126' },
    { issue: 128, waitingFor: 'a free slot' },
  ];
  const titles = {
    127: 'Add SSO support',
    128: 'A title that is far longer than a screen is wide, so it is cut',
  };
  const shown = render(board([], { runs: [run('first', [127, 128], { queue, titles })] }));
  expect(shown).toContain('[ ] #127 - QUEUED - Add SSO support (waits for #126)\n');
  const [, long = ''] = /(\[ \] #128.*)/.exec(shown) ?? [];
  expect(long).toMatch(/^\[ \] #128 - QUEUED - A title .*… \(waits for a free slot\)$/);
  expect(long.length).toBeLessThanOrEqual(80);
});

test('a session that starts or plans says what is going on', () => {
  const sessions = [
    session(1, { status: 'registered', since: minutesAgo(0), activity: 'making the worktree' }),
    session(2, { status: 'planning', since: minutesAgo(61), activity: 'Read src/auth.ts' }),
  ];
  expect(render(board(sessions))).toContain(`[*] #1 - REGISTERED (0s) - Add export button
    making the worktree

[*] #2 - PLANNING (1h 1m) - Add export button
    Read src/auth.ts`);
});

test('at a session whose pull request is open the board says what that waits for', () => {
  const activity = 'waits for 1 of 3 checks';
  const waiting = session(1, { pullRequestState: 'open', pullRequestUrl: 'https://x/1', activity });
  expect(render(board([waiting]))).toContain(`[*] #1 - WORKING (45m) - Add export button
    Files changed: 3 (+42, -5)
    Pull request: waits for 1 of 3 checks`);
});

test('a session that has ended is no active one', () => {
  const sessions = [
    session(1, { status: 'complete', pullRequestState: 'merged', pullRequestUrl: 'https://x/1' }),
    session(
      2,
      { status: 'cancelled', activity: 'its pull request was closed' },
      { leftHere: true },
    ),
    session(3, { status: 'cancelled', activity: 'cancelled by a person' }, { leftHere: false }),
  ];
  expect(render(board(sessions))).toBe(`Active Sessions (0):

Ended Sessions (3):

[✓] #1 - MERGED - Add export button
    PR: https://x/1

[-] #2 - CANCELLED - Add export button
    its pull request was closed
    coppice prune removes what is left of it

[-] #3 - CANCELLED - Add export button
    cancelled by a person`);
});

test('a record that can’t be read is named, beside the sessions', () => {
  const shown = render(
    board([session(1)], { damaged: ['/state/sessions/acme/app/7/detail.json'] }),
  );
  expect(shown).toContain('/state/sessions/acme/app/7/detail.json is damaged: what it held is not');
  expect(shown).toContain('#1 - WORKING');
});

test('a plan that waits for approval can be approved by one command', () => {
  const stuckReason = 'Approve the plan? It touches security';
  const shown = (asksFor: 'guidance' | 'approval') =>
    render(board([session(9, { status: 'stuck', stuckReason, asksFor })]));
  expect(shown('approval')).toContain('Read and approve the plan of #9: coppice guide 9 --approve');
  // The words of an agent's question decide nothing.
  expect(shown('guidance')).toContain('Answer #9: coppice guide 9 "…"');
});

test('the options of a question stand with the commands that choose them', () => {
  const options = withDefaults(['a map', { label: 'a list', recommended: true }, CANCEL]);
  const shown = render(
    board([session(9, { status: 'stuck', stuckReason: 'Which?', asksFor: 'guidance', options })]),
  );
  expect(shown).toContain(`    Reason: Which?
    1. a map   coppice guide 9 --option 1
    2. a list (recommended)   coppice guide 9 --option 2
    3. cancel the session: its work is kept   coppice cancel 9`);
  expect(shown).toContain('Answer #9: coppice guide 9 --option 2');
});

test('what was only recorded is marked with its age', () => {
  const asOf = minutesAgo(130);
  const recorded = session(123, {}, { source: 'recorded', asOf });
  expect(render(board([recorded]))).toContain('    Recorded 2h 10m ago');
  expect(render(board([recorded], { source: 'recorded', asOf }))).toMatch(
    /^No service answers: this is what was recorded, up to 2h 10m ago\. Start it: coppice up\n/,
  );
});

test('a rate limit of GitHub is told with its end', () => {
  const githubUntil = new Date(NOW.getTime() + 60_000).toISOString();
  expect(render(board(SEED_SESSIONS, { githubUntil }))).toMatch(
    /^GitHub's rate limit is reached: Coppice asks again at \d\d:\d\d\n\nActive/,
  );
});

test('a usage limit is told with whose it is, and its sessions with what they wait for', () => {
  const until = new Date(NOW.getTime() + 60_000).toISOString();
  const account = 'claude (its own login)';
  const waiting = session(7, { waitingUntil: until, activity: `usage limit of ${account}` });
  const shown = render(board([waiting], { usageLimits: [{ account, until }] }));
  expect(shown).toMatch(
    /^The usage limit of claude \(its own login\) is reached: its sessions are waiting until \d\d:\d\d\n\nActive/,
  );
  expect(shown).toMatch(
    /Files changed: 3 \(\+42, -5\)\n {4}waiting until \d\d:\d\d: usage limit of claude \(its own login\)/,
  );
});

test('what was spent is told in dollars, and in tokens where nobody knows the price', () => {
  const tokens = { input: 1_234_567, output: 45_000 };
  const codex = session(1, { tokens, unpriced: tokens });
  const claude = session(2, { costUsd: 1.5, tokens });
  expect(render(board([codex, codex]))).toContain(
    'Spent: 2.5M tokens in, 90K out (without a price)',
  );
  expect(render(board([codex, claude]))).toContain(
    'Spent: $1.50, and 1.2M tokens in, 45K out (without a price)',
  );
  expect(render(board([claude]))).toMatch(/^Spent: \$1\.50$/m);
});

test('without any session it says how to begin', () => {
  expect(render(board([]))).toBe('Active Sessions (0):\n\nStart sessions: coppice run 123 124');
  expect(render(board([], { source: 'recorded' }))).toMatch(/no record of a session/);
});

test.for([
  ['escape sequences', '\u001b[2J\u001b[31mred\u001b]0;title\u0007 end', 'red end'],
  ['8-bit escape sequences', '\u009b31mred\u009d0;x\u009cend', 'redend'],
  ['line ends', 'one\r\ntwo\u2028three\u0085four', 'one two three four'],
  ['NUL and BEL', 'a\u0000b\u0007c', 'a b c'],
  ['reordered text', 'a\u202eb\u2066c', 'abc'],
  [
    'shell words',
    '$(id) `id` ; rm -rf ~ --upload-pack=x ../..',
    '$(id) `id` ; rm -rf ~ --upload-pack=x ../..',
  ],
  ['emoji', 'grow 🌳👩‍🌾', 'grow 🌳👩‍🌾'],
])('a title with %s is shown as one plain line', ([, issueTitle = '', shown]) => {
  const lines = render(board([session(1, { issueTitle })])).split('\n');
  expect(lines[2]).toBe(`[*] #1 - WORKING (45m) - ${shown}`);
});

test('a title of a megabyte is cut to the screen', () => {
  const lines = render(board([session(1, { issueTitle: 'x'.repeat(1_000_000) })]), 60).split('\n');
  expect(lines[2]).toHaveLength(60);
  expect(lines[2]?.endsWith('…')).toBe(true);
});
