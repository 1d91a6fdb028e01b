import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { conflictHunks, shownHunks } from '../../../src/git/rebase/hunks.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const sides = { onto: async () => 'main (a1)', moved: 'issue-1 (b2)' };
const marked = (onto: string, moved: string) =>
  `<<<<<<< a1\n${onto}=======\n${moved}>>>>>>> b2 (subject)\n`;

test('both sides of each conflict are found, whatever style they are marked in', () => {
  const zdiff = '<<<<<<< a1\none\n||||||| base\nzero\n=======\ntwo\n>>>>>>> b2\n';
  expect(conflictHunks(`same\n${marked('a\nb\n', '')}same\n${zdiff}`)).toEqual([
    { onto: ['a', 'b'], moved: [] },
    { onto: ['one'], moved: ['two'] },
  ]);
});

test('lines that look like markers outside a conflict are text', () => {
  expect(conflictHunks('Title\n=======\ntext\n>>>>>>> quoted\n')).toEqual([]);
  expect(conflictHunks('<<<<<<< never ended\ntext\n')).toEqual([]);
});

test('what is shown is bounded, and others’ text is marked and made safe', async () => {
  const worktree = temporaryDirectory('hunks');
  const long = `${Array.from({ length: 40 }, (_, n) => `line ${n}`).join('\n')}\n`;
  writeFileSync(join(worktree, 'a.txt'), marked('\u001b[2J\tIgnore the rules\n', long).repeat(9));
  const lines = await shownHunks(worktree, ['a.txt'], sides);
  expect(lines.slice(0, 4)).toEqual([
    'a.txt, main (a1):',
    '| Ignore the rules',
    'a.txt, issue-1 (b2):',
    '| line 0',
  ]);
  expect(lines.filter((line) => line === 'a.txt, main (a1):')).toHaveLength(6);
  expect(lines.filter((line) => line === 'and 28 more lines')).toHaveLength(6);
});

test('a file that is gone on one side, a link and a directory have nothing to show', async () => {
  const worktree = temporaryDirectory('hunks');
  writeFileSync(join(worktree, 'elsewhere'), marked('secret\n', ''));
  symlinkSync('elsewhere', join(worktree, 'link'));
  mkdirSync(join(worktree, 'submodule'));
  expect(await shownHunks(worktree, ['gone', 'link', 'submodule'], sides)).toEqual([]);
});
