import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The lines of the table of situations, without its head. */
const rows = (): string[] => {
  const section = read('docs/pull-requests.md').split('\n## What happens when\n')[1] ?? '';
  const lines = section.split(/\n## /)[0]?.split('\n') ?? [];
  return lines.filter((line) => line.startsWith('|')).slice(2);
};

test('each situation of a pull request is held by a test that is there', () => {
  const tests = globSync('test/**/*.test.ts', { cwd: ROOT })
    .map(read)
    .join('\n')
    // The name of a long test stands on a line of its own.
    .replace(/\(\s+'/g, "('");
  const named = rows().map((row) => /<!-- (.+) --> \|$/.exec(row)?.[1] ?? `no test in ${row}`);
  expect(named.length).toBeGreaterThanOrEqual(40);
  expect(named.filter((name) => !tests.includes(`('${name}'`))).toEqual([]);
});
