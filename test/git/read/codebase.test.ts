import { expect, test } from 'vitest';
import { changesOf, filesContaining, filesOf, textsFound } from '../../../src/git/read/codebase.ts';
import { commit, createRepository, run } from '../../support/git-repository.ts';

const ODD = 'sub dir/ünï "quoted"\ttab.ts';

test('the files of a commit are named as they are', async () => {
  const { checkout } = createRepository({ 'README.md': '', [ODD]: 'x' });
  expect(await filesOf(checkout, 'HEAD')).toEqual(['README.md', ODD]);
  expect(await filesOf(`${checkout}/sub dir`, 'HEAD')).toEqual(['README.md', ODD]);
});

test('changes are told newest first, without merges, and as many as asked for', async () => {
  const { checkout } = createRepository();
  commit(checkout, { 'a.ts': '1', [ODD]: '1' }, 'One\n\nin detail');
  run(checkout, 'checkout', '--quiet', '-b', 'side', 'HEAD~1');
  commit(checkout, { 'side.ts': '1' }, 'Zero');
  run(checkout, 'checkout', '--quiet', '-');
  run(checkout, 'merge', '--quiet', '--no-ff', '-m', 'Merge', 'side');
  commit(checkout, { 'b.ts': '1' }, 'Two');
  const changes = await changesOf(checkout, 'HEAD', { limit: 9, bodies: true });
  const told = changes.map(({ title, body, files }) => [title, body.trim(), files]);
  expect(told[0]).toEqual(['Two', '', ['b.ts']]);
  expect(told).toContainEqual(['One', 'in detail', ['a.ts', ODD]]);
  expect(told).toHaveLength(4);
  expect((await changesOf(checkout, 'HEAD', { limit: 1 }))[0]?.commit).toMatch(/^[0-9a-f]{40}$/);
});

test('what bots committed is left out, and a file that was renamed later has its new name', async () => {
  const { checkout } = createRepository({ 'old.ts': 'one\ntwo\nthree\n' });
  commit(checkout, { 'old.ts': 'one\ntwo\nthree\nfour\n' }, 'Count on');
  run(checkout, 'mv', 'old.ts', 'new.ts');
  run(checkout, 'commit', '--quiet', '-m', 'Rename it');
  commit(checkout, { 'package.json': '{}' }, 'Update packages');
  run(checkout, 'commit', '--quiet', '--amend', '--no-edit', '--author=renovate[bot] <b@x>');
  const changes = await changesOf(checkout, 'HEAD', { limit: 9 });
  const told = changes.map(({ title, files }) => [title, files]);
  expect(told).toContainEqual(['Count on', ['new.ts']]);
  expect(told.flat(2)).not.toContain('package.json');
});

test('whole words are found in the files of a commit, not in the work tree', async () => {
  const { checkout } = createRepository({
    'a.ts': 'new AuthService()\nAuthService.now\n',
    [ODD]: 'AuthService',
    'c.ts': 'AuthServices authservice tokenStore',
  });
  commit(checkout, { 'a.ts': '' });
  const found = await filesContaining(checkout, 'HEAD~1', ['AuthService', 'tokenStore', 'missing']);
  expect(Object.fromEntries(found)).toEqual({ AuthService: ['a.ts', ODD], tokenStore: ['c.ts'] });
});

test.for([[], ['missing'], ['--help'], ['.*'], ['$(id)'], ['a\nb'], [''], ['a|b']])(
  '%j is found nowhere',
  async (words) => {
    const { checkout } = createRepository({ 'a.ts': 'a b --help $(id)' });
    expect(await filesContaining(checkout, 'HEAD', words)).toEqual(new Map());
  },
);

test('a word in very many files says nothing', async () => {
  const files = Array.from({ length: 41 }, (_, index) => [`${index}.ts`, 'everywhere']);
  const { checkout } = createRepository(Object.fromEntries(files));
  expect(await filesContaining(checkout, 'HEAD', ['everywhere'])).toEqual(new Map());
});

test('texts are found by their first line in any file of a commit, as written', async () => {
  const { checkout } = createRepository({ 'a.ts': '  return -1; // [x]\n' });
  const texts = ['return -1; // [x]', 'return -1;\nelse', 'return .1', '--help', ''];
  expect(await textsFound(checkout, 'HEAD', texts)).toEqual(new Set(texts.slice(0, 2)));
});
