import { describe, expect, test } from 'vitest';
import { sensitiveAreas } from '../../../src/planning/rules/cautions.ts';
import { type Circumstances, readinessOf } from '../../../src/planning/rules/readiness.ts';
import { PlanningSettings } from '../../../src/planning/rules/settings.ts';
import type { SurveyedIssue } from '../../../src/planning/rules/survey.ts';

const settings = PlanningSettings.parse({});
const nothing: Circumstances = { waitsFor: [], closedBy: undefined, me: 'person' };
const TEXT = 'Long enough to be worked on. Done when its test passes.';

const issue = (changes: Partial<SurveyedIssue> = {}): SurveyedIssue => ({
  ...{ number: 1, title: 'Add export button', body: TEXT, url: '', state: 'open' },
  ...{ isPullRequest: false, labels: [], assignees: [] },
  ...changes,
});

describe('readiness', () => {
  test.for<[string, Partial<SurveyedIssue>, Partial<Circumstances>, string, string[]]>([
    ['enough text', {}, {}, 'ready', []],
    ['no text', { body: ' ' }, {}, 'needs discussion', ['no text']],
    ['little text', { body: 'Later.' }, {}, 'needs discussion', ['only 6 characters of text']],
    ['a label', { labels: ['Needs-Design'] }, {}, 'needs discussion', ['label Needs-Design']],
    [
      'an open question',
      { body: `${TEXT}\nShould we keep the old one? Yes.` },
      {},
      'needs discussion',
      ['open question: “Should we keep the old one? Yes.”'],
    ],
    [
      'a section of them',
      { body: `${TEXT}\n## Open questions\n- which?` },
      {},
      'needs discussion',
      ['open question: “## Open questions”'],
    ],
    ['a question in a quote', { body: `${TEXT}\n> Should we?` }, {}, 'ready', []],
    ['a blocking label', { labels: ['on-hold'] }, {}, 'blocked', ['label on-hold']],
    ['another’s', { assignees: ['else'] }, {}, 'blocked', ['assigned to else']],
    ['the person’s own', { assignees: ['Person'] }, {}, 'ready', []],
    ['a shared one', { assignees: ['else', 'person'] }, {}, 'ready', []],
    ['an unknown person’s', { assignees: ['else'] }, { me: undefined }, 'ready', []],
    [
      'one with a pull request',
      {},
      { closedBy: { number: 7, url: '' } },
      'blocked',
      ['pull request #7 already closes it'],
    ],
    ['one that waits', { body: '' }, { waitsFor: ['#2 is open'] }, 'blocked', ['#2 is open']],
  ])('of %s', ([, changes, circumstances, state, reasons]) => {
    const found = readinessOf(issue(changes), { ...nothing, ...circumstances }, settings);
    expect(found).toMatchObject({ state, reasons });
  });

  test.for([
    ['Acceptance criteria: it works', true],
    ['## Done when\n- it works', true],
    ['## Expected behaviour\nIt works', true],
    ['- [ ] it works', true],
    ['Make it work, please, somehow', false],
  ] as const)('%j has acceptance criteria: %s', ([body, has]) => {
    const judge = (criteria: 'ignore' | 'note' | 'discuss') =>
      readinessOf(issue({ body }), nothing, { ...settings, minimumText: 0, criteria });
    const reason = has ? [] : ['no acceptance criteria'];
    expect(judge('ignore')).toEqual({ state: 'ready', reasons: [], notes: [] });
    expect(judge('note')).toMatchObject({ state: 'ready', notes: reason });
    expect(judge('discuss')).toMatchObject({ reasons: reason, notes: [] });
  });
});

describe('an issue', () => {
  const stateOf = (changes: Partial<SurveyedIssue>) =>
    readinessOf(issue(changes), nothing, settings).state;
  const SAID = 'The export has to hold the totals of all reports.';

  test.for<Partial<SurveyedIssue>>([
    { body: '' },
    { body: '### Describe the bug\n\n_No response_\n\n### Anything else?\n\n_No response_' },
    { body: '<!-- Please fill in all of this template before you submit -->' },
    { body: '## Environment\n\n- OS: macOS 15.1\n- Node: v24.1.0\n- Browser: Firefox 140' },
    { body: `${SAID} Thoughts?` },
    { body: `${SAID}\n\nWhat do you think?` },
    { title: 'RFC: another format' },
    { title: '[RFC] Another format' },
    { body: `${SAID} This is an RFC.` },
    { body: `${SAID} Please do not implement this before we agreed on the format.` },
    { body: `${SAID} Don’t start yet, the format is not decided.` },
    { title: 'Question: which format?' },
    { body: `${SAID} The separator is TBD.` },
    { body: `${SAID} I’d love to hear some opinions.` },
    { body: `${SAID} Please agree here before anybody writes code.` },
    { body: `${SAID} Not sure if this belongs here.` },
    { title: 'Drop the short form?' },
    { body: `${SAID} Is there interest in that?` },
    { body: `${SAID} What’s your take?` },
    { body: `${SAID} Could we use CSV or JSON?` },
    { body: `${SAID} I’m not sure whether we need all columns.` },
    {
      body: '**Describe the bug**\nA clear and concise description of what the bug is.\n\nSee it.',
    },
    ...[
      'question',
      'Discussion',
      'needs design',
      'type: question',
      'kind/discussion',
      'S-needs-info',
    ].map((label) => ({ labels: [label] })),
  ])('needs discussion: %j', (changes) => {
    expect(stateOf(changes)).toBe('needs discussion');
  });

  test.for([
    'wontfix',
    'duplicate',
    'Invalid',
    'On Hold',
    'status: blocked',
    'S-blocked',
    'R/invalid',
  ])('is blocked by the label %s', (label) => {
    expect(stateOf({ labels: [label] })).toBe('blocked');
  });

  test.for<Partial<SurveyedIssue>>([
    { body: `${SAID} Could we please have that?` },
    { body: `${SAID} Should we really have to click ten times?` },
    { body: `${SAID} Who wants to do that by hand?` },
    { body: `${SAID} Not sure what I did, but it is gone.` },
    { body: `${SAID} I am not sure if this is the right place.` },
    { body: `${SAID} Release date: TBD` },
    { body: `${SAID} Dates follow RFC 3339.` },
    { body: `${SAID} Do not start before #3 is merged.` },
    { body: `${SAID}\n\n### Open questions\n\n_No response_` },
    { body: 'レポートの合計を書き出せるようにする。' },
    { body: '导出报告时应包含所有合计数据。' },
  ])('is ready: %j', (changes) => {
    expect(stateOf(changes)).toBe('ready');
  });
});

describe('what changes', () => {
  const areas = (title: string) => sensitiveAreas(issue({ title }), [], settings);

  test.for([
    'Validate the audience of a JWT',
    'Upgrade to fix CVE-2026-1234',
    'SQL injection in the search',
    'Path traversal when a ZIP is opened',
    'Allow TLS 1.3 only',
    'Add 2FA',
    'Comments allow XSS',
    'IDOR in the invoice download',
    'Check authorization before a report is deleted',
    'Token revocation after logout',
    'Only take X-Forwarded-For from trusted proxies',
    'Secrets appear in logs',
    'The password column is stored in plain text',
    'Symlinks lead outside of the served directory',
    'An attacker can choose the file',
    'Commands of untrusted input are run',
    'Hosts can be spoofed',
    'A large upload is a denial of service',
    'Log files are readable by every user',
    'Add signed URLs',
    'Passwörter werden nicht geprüft',
    'Catastrophic backtracking in the address pattern',
    'A long line takes down the server',
    'Debugging leaks the tokens',
    'The archive is downloaded without a checksum',
    'A single request makes the process run out of memory',
    'Other users on the host can connect to the socket',
  ])('in “%s” is security', (title) => {
    expect(areas(title).join()).toMatch(/^security/);
  });

  test.for([
    ['Deprecate the old export function', /^public API/],
    ['Remove the deprecated export function', /^public API/],
    ['Rename a public method of the client', /^public API/],
    ['Drop support for Node 20', /^public API/],
    ['Rename the flag --style', /^public API/],
    ['Remove both parameters of the constructor', /^public API/],
    ['Deprecated setters should go away', /^public API/],
    ['Keep --style as a deprecated alias', /^public API/],
    ['The parser is the bottleneck', /^performance/],
    ['A cache: from 90 s to 2 s', /^performance/],
    ['Ship the copyright notices of both', /^licence/],
    ['Opening a report takes 20 s', /^performance/],
    ['Less memory usage while reading', /^performance/],
    ['Migrate the users to the new schema', /^migrations/],
    ['Backfill the totals', /^migrations/],
    ['Change the license to MIT', /^licence/],
    ['Update the license identifier', /^licence/],
    ['Add the licence header to all files', /^licence/],
    ['Reduce the latency of the search', /^performance/],
  ] as const)('in “%s” wants a say', ([title, area]) => {
    expect(areas(title).join()).toMatch(area);
  });

  test.for([
    'Password reset page colour',
    'Typo in performance section',
    'Latency column is misaligned',
    'Use dependency injection in the tests',
    'Migrate to vitest',
    'Document the JWT setup in the docs',
    'A deprecation warning is printed twice',
    'Show the licence plate of a car',
    'Injector is slow to start',
    'Speed up the export',
    'Say more in the deprecation message',
    'Leak task shows the name of the thread',
    'Check it before any code is written',
    'Border of the password field in dark mode',
    'Take any file in the list',
    'Show options of the removed account',
  ])('in “%s” is nothing that wants a say', (title) => {
    expect(areas(title)).toEqual([]);
  });

  test('is told by the files that it names, more than by its words', () => {
    const named = (...paths: string[]) =>
      paths.map((path) => ({ path, weight: 0.9, why: 'named', basis: 'text' as const }));
    const sso = issue({ title: 'Explain SSO better' });
    expect(sensitiveAreas(sso, named('src/auth/sso.ts'), settings)).toEqual([
      'security (src/auth/sso.ts)',
    ]);
    expect(sensitiveAreas(sso, named('docs/auth/sso.md', 'README.md'), settings)).toEqual([]);
    expect(sensitiveAreas(sso, named('docs/auth/sso.md', 'src/menu.ts'), settings)).toEqual([
      'security (“SSO”)',
    ]);
  });

  test.for(['LICENSE', 'COPYING.md', 'LICENSE-MIT', 'licenses/x/NOTICE', 'LICENSE_APACHE.txt'])(
    'is a licence’s in %s',
    (path) => {
      const likely = [{ path, weight: 0.9, why: 'named', basis: 'text' as const }];
      expect(sensitiveAreas(issue(), likely, settings)).toEqual([`licence (${path})`]);
    },
  );

  test('is told by a licence file, and by configured paths', () => {
    const file = (path: string) => [{ path, weight: 0.9, why: 'named', basis: 'text' as const }];
    expect(sensitiveAreas(issue(), file('LICENSE.md'), settings)).toEqual(['licence (LICENSE.md)']);
    const own = PlanningSettings.parse({ areas: { performance: { paths: ['^src/core/'] } } });
    expect(sensitiveAreas(issue(), file('src/core/loop.ts'), own)).toEqual([
      'performance (src/core/loop.ts)',
    ]);
  });
});

describe('a sensitive area', () => {
  const likely = (path: string, weight: number) => [
    { path, weight, why: 'named', basis: 'text' as const },
  ];
  test.for<[string, Partial<SurveyedIssue>, ReturnType<typeof likely>, string[]]>([
    ['nothing', {}, [], []],
    ['a label', { labels: ['Security'] }, [], ['security (label Security)']],
    ['a family of labels', { labels: ['area/security'] }, [], ['security (label area/security)']],
    ['a short label', { labels: ['C-perf'] }, [], ['performance (label C-perf)']],
    ['the title', { title: 'Hash passwords' }, [], ['security (“passwords”)']],
    ['the text', { body: 'A memory leak' }, [], ['performance (“memory leak”)']],
    ['code', { body: '`password`' }, [], []],
    ['a sure path', {}, likely('src/billing/x.ts', 0.9), ['payments (src/billing/x.ts)']],
    ['a guess', {}, likely('src/billing/x.ts', 0.2), []],
    [
      'two areas',
      { title: 'Encrypt invoices' },
      likely('db/migrations/1.sql', 0.5),
      ['security (“Encrypt”)', 'migrations (db/migrations/1.sql)', 'payments (“invoic”)'],
    ],
  ])('by %s', ([, changes, files, areas]) => {
    expect(sensitiveAreas(issue(changes), files, settings)).toEqual(areas);
  });

  test('may be one’s own', () => {
    const own = PlanningSettings.parse({ areas: { ledger: { text: ['\\bledger\\b'] } } });
    expect(sensitiveAreas(issue({ title: 'The ledger’s password' }), [], own)).toEqual([
      'ledger (“ledger”)',
    ]);
    expect(PlanningSettings.safeParse({ questions: ['('] }).success).toBe(false);
  });
});
