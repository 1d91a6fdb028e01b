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
    expect(judge('ignore')).toEqual({ state: 'ready', reasons: [], remarks: [] });
    expect(judge('note')).toMatchObject({ state: 'ready', remarks: reason });
    expect(judge('discuss')).toMatchObject({ reasons: reason, remarks: [] });
  });
});

describe('a sensitive area', () => {
  const likely = (path: string, weight: number) => [
    { path, weight, why: 'named', basis: 'text' as const },
  ];
  test.for<[string, Partial<SurveyedIssue>, ReturnType<typeof likely>, string[]]>([
    ['nothing', {}, [], []],
    ['a label', { labels: ['Security'] }, [], ['security (label Security)']],
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
