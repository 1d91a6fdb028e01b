import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCodebase } from '../../../src/cli/planning/codebase.ts';
import { RepositoryName } from '../../../src/domain/shared/repository.ts';
import type { Codemap } from '../../../src/planning/rules/codemap.ts';
import { coppiceHome } from '../../../src/state/home.ts';
import { commit, createRepository, noToken, run } from '../../support/git-repository.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const repository = RepositoryName.parse('Acme/App');

function subject() {
  const { checkout } = createRepository({ 'a.ts': '', 'b.ts': '' });
  for (const text of ['1', '2', '3'])
    commit(checkout, { 'a.ts': text, 'b.ts': text }, 'Renew logins');
  run(checkout, 'push', '--quiet', 'origin', 'HEAD:main');
  const cache = temporaryDirectory('cache');
  const home = coppiceHome({ COPPICE_HOME: cache, COPPICE_CACHE: cache });
  const open = (base?: string) =>
    openCodebase(home, { repository, checkout, remote: 'origin', base, commits: 100 }, noToken);
  return { checkout, open, file: join(cache, 'history', 'acme', 'app.json') };
}

/** Files that the history tells of. */
const known = (map: Codemap): string[] =>
  map.alike(new Map([['login', 1]]), 9).map(([path]) => path);

test('the history is read from git once for a commit, then from one file for each repository', async () => {
  const { checkout, open, file } = subject();
  const { map } = await open('main');
  expect(known(map)).toEqual(['a.ts', 'b.ts']);

  const cached = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...cached, changes: [] }));
  expect(known((await open('main')).map)).toEqual([]);

  commit(checkout, { 'c.ts': '' });
  run(checkout, 'push', '--quiet', 'origin', 'HEAD:main');
  expect(known((await open('main')).map)).toEqual(['a.ts', 'b.ts']);
  expect(readdirSync(join(file, '..'))).toEqual(['app.json']);
});

test('a damaged cache is read anew', async () => {
  const { open, file } = subject();
  await open('main');
  writeFileSync(file, '{');
  expect(known((await open('main')).map)).toEqual(['a.ts', 'b.ts']);
});

test('the base branch counts as its remote has it, not what is checked out', async () => {
  const { checkout, open } = subject();
  commit(checkout, { 'unpushed.ts': '' });
  expect((await open('main')).map.files.has('unpushed.ts')).toBe(false);
  expect((await open('unknown')).map.files.has('unpushed.ts')).toBe(true);
});

test('a repository without a commit has no files', async () => {
  const checkout = temporaryDirectory('empty');
  run(checkout, 'init', '--quiet');
  const home = coppiceHome({ COPPICE_HOME: checkout });
  const request = { repository, checkout, remote: 'origin', base: undefined, commits: 5 };
  const { map, containing } = await openCodebase(home, request, noToken);
  expect(map.files.size).toBe(0);
  expect(await containing(['x'])).toEqual(new Map());
});
