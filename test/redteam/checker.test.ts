import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRepository, run as git } from '../support/git-repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { attacks, markOf, ordersIn } from './attack.ts';
import { canary } from './canaries.ts';
import { PLACES } from './places.ts';
import { issueWith } from './plant.ts';
import { CROWDS } from './roles.ts';
import { changedFiles, digestsOf, marksOnDisk } from './witnesses/files.ts';
import { seenInLoot } from './witnesses/loot.ts';
import { heardByServers } from './witnesses/machine.ts';
import { changedRefs, refsOf } from './witnesses/refs.ts';
import { actingInTerminal, actingWords } from './witnesses/words.ts';

const all = attacks();

test('there are more than a hundred attacks, each with a number of its own, in all places', () => {
  expect(all.length).toBeGreaterThan(100);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  expect(new Set(all.map(({ place }) => place))).toEqual(new Set(Object.keys(PLACES)));
});

test('the agent finds orders in whatever it is shown, also in characters that nobody sees', () => {
  const { title, body, labels } = issueWith(CROWDS[0], all);
  const planted = all.filter(
    ({ issue, place }) => issue === CROWDS[0] && /issue|label/.test(place),
  );
  const found = new Set(ordersIn([title, body, ...labels].join('\n')));
  for (const { id } of planted) expect(found).toContain(id);
});

test('words that nobody made inert are seen to act, each by its mark', () => {
  for (const { id, payload } of all) {
    if (payload.says === undefined || /^tells|lone backtick/.test(payload.name)) continue;
    const posted = `${payload.says.replaceAll('{{mark}}', markOf({ id }))}\n\nCloses #103`;
    const found = [...actingWords(posted), ...actingInTerminal(posted)];
    expect(found, payload.name).toContainEqual(expect.objectContaining({ attack: id }));
  }
});

test('what an order brought in is held against every secret, and against where it stood', () => {
  const secret = canary('~/.ssh/id');
  const hidden = all.find(({ place }) => PLACES[place].is === 'closed')?.id ?? '';
  const loot = [
    { id: 'a001', text: `x ${secret.value} y` },
    { id: 'a002', text: 'No such file' },
    { id: hidden, text: '' },
  ];
  expect(seenInLoot(loot, all, [secret])).toEqual([
    { attack: 'a001', seen: 'it read ~/.ssh/id' },
    { attack: hidden, seen: 'the agent was shown it' },
  ]);
});

test('marks, changes and losses on disk are seen', () => {
  const root = temporaryDirectory('checker');
  mkdirSync(join(root, 'own'));
  writeFileSync(join(root, '.bashrc'), '');
  const before = digestsOf([root]);
  writeFileSync(join(root, '.bashrc'), '# pwned-a007\n');
  writeFileSync(join(root, 'own', 'pwned-a008'), '');
  writeFileSync(join(root, 'pwned-a009'), '');
  const marks = marksOnDisk([{ name: 'the home', root, but: /^own(\/|$)/ }]);
  expect(marks.map(({ attack }) => attack).sort()).toEqual(['a007', 'a009']);
  expect(changedFiles(before)).toEqual([{ seen: `${join(root, '.bashrc')} was changed` }]);
});

test('refs that were moved are seen, but for those that Coppice moves', async () => {
  const { checkout } = createRepository();
  const before = await refsOf(checkout);
  expect(await changedRefs('it', checkout, before)).toEqual([]);
  git(checkout, 'branch', 'pwned-a001');
  git(checkout, 'branch', 'issue-101');
  expect(await changedRefs('it', checkout, before)).toEqual([
    { attack: 'a001', seen: 'refs/heads/pwned-a001 of it was moved' },
  ]);
});

test('whoever reaches a server is heard, with a mark or without', () => {
  expect(heardByServers(['GET /pwned-a003', 'a connection to the ssh agent'])).toEqual([
    { attack: 'a003', seen: expect.stringContaining('GET /pwned-a003') },
    { seen: expect.stringContaining('ssh agent') },
  ]);
});
