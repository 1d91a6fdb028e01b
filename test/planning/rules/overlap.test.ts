import { describe, expect, test } from 'vitest';
import { Codemap } from '../../../src/planning/rules/codemap.ts';
import { likelyFiles } from '../../../src/planning/rules/likely-files.ts';
import { likenessOf } from '../../../src/planning/rules/likeness.ts';
import { mentionsOf, withoutCommonWords } from '../../../src/planning/rules/mentions.ts';
import { overlaps, slightOverlaps } from '../../../src/planning/rules/overlap.ts';

const FILES = [
  'CHANGELOG.md',
  'docs/auth.md',
  'src/auth/service.ts',
  'src/auth/token-store.ts',
  'src/billing/service.ts',
  'src/report/export.ts',
  'src/report/view.ts',
  'src/theme.ts',
  ...Array.from({ length: 40 }, (_, index) => `src/other/part${index}.ts`),
];

const change = (title: string, ...files: string[]) => ({ title, files });
const HISTORY = [
  change('Keep people logged in', 'src/auth/token-store.ts', 'src/auth/service.ts'),
  change('Renew expiring logins', 'src/auth/token-store.ts', 'src/auth/service.ts'),
  change('Show totals', 'src/report/view.ts', 'src/theme.ts'),
  ...Array.from({ length: 30 }, (_, index) =>
    change(`Step ${index}`, 'CHANGELOG.md', `src/other/part${index % 10}.ts`),
  ),
];
const map = new Codemap(FILES, HISTORY);

const likely = (title: string, body = '', containing: Record<string, string[]> = {}) =>
  likelyFiles(mentionsOf({ title, body }), map, new Map(Object.entries(containing)));
const paths = (...args: Parameters<typeof likely>) => likely(...args).map(({ path }) => path);

describe('an issue probably touches', () => {
  test.for<[string, string]>([
    ['a path in it', 'See src/report/export.ts:12.'],
    ['the end of one', 'In `report/export.ts`, line 3'],
    ['a file’s name', 'export.ts is slow'],
    ['a link to a file', 'https://github.com/acme/app/blob/main/src/report/export.ts#L3'],
  ])('%s', ([, body]) => {
    expect(paths('Something', body)[0]).toBe('src/report/export.ts');
  });

  test('a directory’s files', () => {
    expect(paths('Something', 'All of src/report/ is slow')).toEqual(
      expect.arrayContaining(['src/report/export.ts', 'src/report/view.ts']),
    );
  });

  test('the file that carries a symbol’s name, and those that contain it', () => {
    const found = likely('AuthService is slow', '', { AuthService: ['src/theme.ts'] });
    expect(found.slice(0, 2)).toMatchObject([
      { path: 'src/auth/service.ts', why: 'about auth and service', basis: 'text' },
      { path: 'src/theme.ts', why: 'contains AuthService', basis: 'text' },
    ]);
  });

  test('what the history says of its words, though no commit and no path is like it', () => {
    const found = likely('Totals for people who are logged out');
    expect(found).toContainEqual(
      expect.objectContaining({ path: 'src/auth/token-store.ts', basis: 'history' }),
    );
  });

  test('what its rare words name', () => {
    expect(paths('Refactor the billing service')[0]).toBe('src/billing/service.ts');
  });

  test('what changes like it changed before', () => {
    expect(likely('Stop logins from expiring')).toMatchObject([
      { path: 'src/auth/service.ts', why: 'changed for “Renew expiring logins”' },
      { path: 'src/auth/token-store.ts', basis: 'history' },
    ]);
  });

  test.for([
    'CHANGELOG.md',
    'docs/HISTORY.rst',
    '.changeset/quick-foxes.md',
    'pnpm-lock.yaml',
    'Cargo.lock',
    'web/app.min.js',
  ])('not %s, which goes along with everything', (path) => {
    const map = new Codemap([path, 'src/a.ts'], [change('Renew logins', path, 'src/a.ts')]);
    const found = likelyFiles(
      mentionsOf({ title: 'Renew logins', body: `See ${path}` }),
      map,
      new Map(),
    );
    expect(found.map((file) => file.path)).not.toContain(path);
  });

  test.for(['context.go', 'src/lock.ts', 'src/history/news.ts', 'changes.py'])(
    '%s, however often it is changed',
    (path) => {
      const often = Array.from({ length: 30 }, (_, at) => change(`Step ${at}`, path));
      const map = new Codemap([path, ...FILES], often);
      const found = likelyFiles(mentionsOf({ title: 'X', body: `See ${path}` }), map, new Map());
      expect(found[0]?.path).toBe(path);
    },
  );

  test.for([
    '',
    'x',
    'It is slow',
    'https://example.com/src/theme.ts',
    '../../etc/passwd',
    'a/b/c/d',
  ])('nothing, if it says only %j', (body) => {
    expect(paths('Something', body)).toEqual([]);
  });
});

describe('two issues overlap', () => {
  const file = (path: string, weight: number) => ({
    path,
    weight,
    why: 'named',
    basis: 'text' as const,
  });

  test('by the files that both touch, the surest first, with the evidence', () => {
    const found = overlaps(
      new Map([
        [3, [file('a', 0.9), file('b', 0.5)]],
        [1, [file('b', 0.5), file('a', 0.5)]],
        [2, [file('b', 0.9), file('c', 1)]],
      ]),
      { weak: 0.2, strong: 0.7 },
    );
    const named = { evidence: 'b (#1: named; #2: named)', files: ['b'] };
    expect(found).toEqual([
      {
        ...{ a: 1, b: 3, score: 0.72, files: ['a', 'b'], apart: true },
        evidence: 'a (#1: named; #3: named), b (#1: named; #3: named)',
      },
      { ...named, a: 1, b: 2, score: 0.66, apart: false },
      { ...named, a: 2, b: 3, score: 0.66, apart: false, evidence: 'b (#2: named; #3: named)' },
    ]);
  });

  test('not when it is improbable', () => {
    const files = new Map([
      [1, [file('a', 0.2)]],
      [2, [file('a', 0.3), file('b', 1)]],
    ]);
    expect(overlaps(files, { weak: 0.2, strong: 0.6 })).toEqual([]);
  });

  test('no surer for dozens of faint hits', () => {
    const faint = Array.from({ length: 30 }, (_, at) => file(`part${at}`, 0.3));
    const found = overlaps(
      new Map([
        [1, faint],
        [2, faint],
      ]),
      { weak: 0.1, strong: 0.6 },
    );
    expect(found).toMatchObject([{ score: 0.45, apart: false }]);
  });

  test('surely, but may go together, when only history leads there', () => {
    const known = { ...file('a', 0.9), basis: 'history' as const };
    const found = overlaps(
      new Map([
        [1, [known]],
        [2, [file('a', 0.9)]],
      ]),
      { weak: 0.1, strong: 0.6 },
    );
    expect(found).toMatchObject([{ score: 0.82, apart: false }]);
  });
});

describe('what is too slight to be told of', () => {
  const pair = (a: number, b: number, score: number) => ({
    ...{ a, b, score, evidence: '', files: [], apart: false },
  });
  const slight = (issues: number[], alike: (a: number, b: number) => number) =>
    slightOverlaps(issues, [pair(1, 2, 0.05), pair(1, 3, 0.8)], alike, {
      weak: 0.15,
      isTold: (a, b) => a === 1 && b === 3,
    });

  test('is of files in common and of texts that are alike, and below what is told', () => {
    const found = slight([3, 2, 1, 4], (a, b) => (a + b === 6 ? 0.9 : a + b === 3 ? 0.1 : 0));
    expect(Object.fromEntries(found)).toEqual({
      1: new Map([[2, 0.1]]),
      2: new Map([[4, 0.15]]),
    });
  });

  test('is kept of the eight most probable of each issue', () => {
    const many = Array.from({ length: 60 }, (_, at) => at + 10);
    const found = slight(many, () => 0.1);
    const partners = [...found.values()].reduce((sum, { size }) => sum + size, 0);
    expect(partners).toBeLessThanOrEqual(60 * 8);
    const named = new Set([...found].flatMap(([issue, others]) => [issue, ...others.keys()]));
    expect(named.size).toBe(60);
  });

  test('needs words in common that others have not', () => {
    const words = (...own: string[]) => ({ words: own });
    const alike = likenessOf(
      new Map([
        [1, words('export', 'csv', 'page')],
        [2, words('export', 'csv', 'menu')],
        [3, words('login', 'token', 'page')],
      ]),
    );
    expect(alike(1, 2)).toBeGreaterThan(alike(1, 3));
    expect(alike(2, 3)).toBe(0);
  });
});

test('words of more than a quarter of the issues say nothing of one', () => {
  const some = (count: number) =>
    withoutCommonWords(
      Array.from({ length: count }, (_, at) =>
        mentionsOf({ title: at < 3 ? 'Export reports' : `Other thing${at}`, body: 'Dashboard' }),
      ),
      'acme/app',
    );
  expect(some(12)[0]).toMatchObject({
    titleWords: ['export', 'report'],
    words: ['export', 'report'],
  });
  expect(some(8)[0]).toMatchObject({ titleWords: [], words: [] });
  expect(some(4)[0]?.words).toContain('dashboard');
});

test('the repository’s own name is no evidence', () => {
  const [found] = withoutCommonWords(
    [mentionsOf({ title: 'Acme-Tool fails', body: 'With `AcmeTool`, and `ToolBox` too' })],
    'owner/acme-tool',
  );
  expect(found).toMatchObject({ titleWords: ['fail'], symbols: ['ToolBox'] });
  expect(found?.words).not.toContain('acme');
});
