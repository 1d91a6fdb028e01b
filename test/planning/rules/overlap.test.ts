import { describe, expect, test } from 'vitest';
import { Codemap } from '../../../src/planning/rules/codemap.ts';
import { likelyFiles } from '../../../src/planning/rules/likely-files.ts';
import { mentionsOf, withoutCommonWords } from '../../../src/planning/rules/mentions.ts';
import { overlaps } from '../../../src/planning/rules/overlap.ts';

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
