import { describe, expect, test } from 'vitest';
import { RepositoryName } from '../../../src/domain/shared/repository.ts';
import { readIssueText } from '../../../src/planning/rules/issue-text.ts';
import { dependencyReferences as referencesOf } from '../../../src/planning/rules/references.ts';

const acme = RepositoryName.parse('acme/app');
const dependencyReferences = (text: string, repository: RepositoryName) =>
  referencesOf(readIssueText(text), repository);
const numbers = (text: string) => dependencyReferences(text, acme).own.map(({ number }) => number);

describe('an order is read from', () => {
  test.for<[string, number[]]>([
    ['Depends on #126', [126]],
    ['This depends upon GH-126.', [126]],
    ['depends on the refactoring in #126 and #127, GH-128 & acme/app#129', [126, 127, 128, 129]],
    ['Blocked by #1, #2 and https://github.com/acme/app/issues/3', [1, 2, 3]],
    ['blocked by ACME/App#5', [5]],
    ['Can start after #126 is merged.', [126]],
    ['after merging #12', [12]],
    ['Do it on top of #126.', [126]],
    ['Builds on the ways to log in of #126.', [126]],
    ['stacked on https://github.com/acme/app/pull/13', [13]],
    ['Waiting for #7', [7]],
    ['Prerequisite: #8', [8]],
    ['**Depends on:** [#12](https://github.com/acme/app/issues/12), [#13](https://x/a)', [12, 13]],
    ['Blocked by:\n\n* #5\n* #6\n\nOther:\n* #7', [5, 6]],
    ['## Dependencies\r\n- #5 (like #9)\r\n', [5]],
    ['- [ ] #130\n* [ ] https://github.com/acme/app/issues/132 the rest', [130, 132]],
  ])('%j', ([text, expected]) => {
    expect(numbers(text)).toEqual(expected);
  });
});

describe('a block is read from', () => {
  test.for<[string, number[]]>([
    ['Blocks #127', [127]],
    ['This blocks the issues #127, #128 and acme/app#129.', [127, 128, 129]],
    ['It is blocking GH-5', [5]],
    ['A blocker for #6, prerequisite of #7', [6, 7]],
    ['Needed by #8. Required for PR #9.', [8, 9]],
    ['Must be merged before #10', [10]],
    ['Blocks:\n- #5\n- [ ] #6\n\n## Notes\n- #7', [5, 6]],
  ])('%j', ([text, expected]) => {
    const { own, blocks } = dependencyReferences(text, acme);
    expect({ own, blocks: blocks.map(({ number }) => number) }).toEqual({
      own: [],
      blocks: expected,
    });
  });

  test.for([
    'Blocked by #5',
    'no longer blocks #5',
    'The dialog blocks the page, see #5',
    'Building blocks: #5 shows them',
    'Blocks acme/other#5',
    '`blocks #5`',
  ])('and not from %j', (text) => {
    expect(dependencyReferences(text, acme).blocks).toEqual([]);
  });
});

describe('no order is read from', () => {
  test.for([
    '',
    'See #3',
    'Fixes #4',
    '> blocked by #1',
    '```\ndepends on #1\n```',
    '~~~js\nafter #4',
    'as `after #1` says',
    '<!-- depends on #1 -->',
    '<!-- depends on #1',
    'not blocked by #5',
    'It no longer depends on #5',
    'This doesn’t depend on #5',
    'unblocked by #3',
    'Depends on nothing. Fixes #4',
    'Start after lunch. See #3',
    'requires node 24 (#4)',
    '- [x] #131',
    '- [ ] write it as in #3',
    'depends on #0 and #99999999999',
    'depends on\n\n#4',
  ])('%j', (text) => {
    expect(numbers(text)).toEqual([]);
  });
});

describe('of the forms people use', () => {
  const said = (text: string) => {
    const { own, blocks, doubtful } = dependencyReferences(text, acme);
    const has = (list: typeof own) => list.some(({ number }) => number === 3);
    return has(own) ? 'after' : has(blocks) ? 'before' : has(doubtful) ? 'asked' : 'nothing';
  };
  const rows: Record<ReturnType<typeof said>, string[]> = {
    after: [
      'Once #3 is merged we can start.',
      'Start when #3 is done',
      'This can only begin after #3 has landed.',
      'Do not start until #3 is merged',
      'do not start until #3',
      'Don’t touch this before #3 is released.',
      '#3 must be merged first',
      '#3 has to land before this.',
      'Merge #3 first, please.',
      'Needs the fix from #3',
      'It needs the new endpoint of #3.',
      'This is blocked on the release in #3.',
      '#3 is a prerequisite.',
      '#3 blocks this',
      'Relies on #3.',
      'This task depends\non #3 and nothing else.',
      '### Blocked by\n\n#3, #4',
      'Blocked by:\n#3\n#4',
      'Depends on [the login](https://github.com/acme/app/issues/3)',
      'This issue requires that #3 is finished',
      'Let us do #3 before this one',
      'Should be picked up after the refactoring in #3 is merged',
      'Depends-On: #3',
      'Precondition: #3',
      'First do #3',
      'As #3 is not done yet, this has to wait.',
      'Once we have #3, add the button',
      'Hängt von #3 ab.',
      'Blockiert durch #3',
      'Erst nach #3 anfangen.',
      'Sobald #3 gemergt ist, kann es losgehen.',
      'Setzt #3 voraus',
      '#3 muss zuerst gemergt werden.',
      'Depende de #3',
      'Bloqueado por #3.',
      'Hacer después de #3',
      'Empezar cuando #3 esté fusionado.',
      'Dépend de #3',
      'Bloqué par #3',
      'Après #3',
      'Nécessite #3.',
      'Une fois que #3 est fusionné',
      'Depende do #3',
      'Bloqueada pelo #3',
      'Depois de #3',
      'Assim que #3 for mesclado',
      '#3 に依存します',
      '#3 がマージされた後に着手してください。',
      '#3の完了後に対応する',
      '#3 にブロックされています',
      '依赖 #3',
      '取决于 #3',
      '被 #3 阻塞',
      '在 #3 合并之后再做',
      '等待 #3 完成',
      '依賴於 #3',
      'Can only start when #3 is in, otherwise the two conflict.',
      'Blocked by #3, because it might change the schema',
      'Depends on #3, which could be a crate of its own.',
      'Wartet auf #3, weil das vielleicht alles ändert',
      'It needs first #3',
      'This depends also on #3',
      'Benötigt auch #3',
      'Nécessite aussi #3',
      'Requiere también #3',
      'Precisa também #3',
      '- [ ] the manual (after #3)',
      'We can’t do this until the placeholders of #3 exist.',
      'Not to be merged before the types from #3 are in.',
      'No se puede empezar hasta que #3 esté integrado.',
      'Não começar antes de #3',
      'Não fazer até que #3 seja integrado',
      'Ne pas commencer avant #3',
      'Attendre jusqu’à ce que #3 soit fusionné',
      'No empezar antes de que #3 esté listo',
      '#3 がマージされるまで待ってください。',
      '#3 が終わるまで着手しないでください',
      '在 #3 合并之前不要开始',
      'I’d wait with this for #3, since it fixes the same lines.',
      'Pending #3.',
      'Pending the release of #3',
      'Predecessor: #3',
      'Prereq is #3.',
      'Sequencing: after #3.',
      'Depends on how #3 is solved, so it may be looked at afterwards.',
      'Held back by #3 at the moment',
      'Cannot proceed without a decision in #3.',
      'Done by #3, nothing to do before that is merged.',
      '#3 needs to go in before, as it moves the code.',
      '#3, then this one',
      'The work on #3 takes precedence.',
      'まず #3 を修正する必要があります。',
      'Bitte erst angehen, wenn #3 durch ist.',
      'Sollte nicht angefasst werden, solange #3 offen ist.',
      'Primero hay que terminar #3.',
      '### Predecessors\n\n* #3',
      'This can’t go in as long as #3 is open',
      'To be done when #3 and #4 are both closed.',
      'We postpone this until #3 has been dealt with.',
      'Must not be merged before #3 has shipped',
      'Names are not settled (#3), I would rather not start before that is.',
      'Wir brauchen dafür #3.',
      'Wir warten damit noch auf #3',
      'Para esto necesitamos #3',
      'Il faut d’abord #3.',
      '| part | needs |\n| --- | --- |\n| the parser | #3 |',
      '| part | Depends on |\n| --- | --- |\n| … | #4, #3 |',
      '**Depends on**\n#3',
    ],
    before: [
      'Do this before #3',
      'Please merge this before #3.',
      '#3 depends on this',
      '#3 is blocked by this.',
      '#3 should wait for this',
      'We should do this before we start #3',
      'Unblocks #3',
      'This has to be in place for #3 to work.',
      'Prepares the ground for #3.',
      'A preparation for #3',
      'This must be finished before anyone starts #3',
      'Blockiert #3',
      'Bloquea #3',
      'Bloque #3',
      'Bloqueia o #3',
      '#3 をブロックしています',
      '阻塞 #3',
    ],
    asked: [
      'Might depend on #3',
      'This may be blocked by #3.',
      'Easier after #3',
      'A follow-up to #3',
      'Based on #3',
      'Nice to have after #3',
      'This will be trivial once #3 lands',
      'Used to be blocked by #3',
      'Depends on #3?',
      'If we keep the old one, this depends on #3.',
      'Probably needs #3',
      'Duplicate of #3',
      'Depends on #3 or #4',
      'Hängt vielleicht von #3 ab',
      'Quizás depende de #3',
      'Dépend peut-être de #3',
      'Talvez depende do #3',
      'おそらく #3 に依存します',
      '可能依赖 #3',
      'Otherwise this depends on #3.',
      'The steps are the types of #3, afterwards the parser.',
      'The groundwork is laid by #3',
      '先に #3 を',
    ],
    nothing: [
      'The color depends on the theme (see #3)',
      'The bug appeared after #3 was merged',
      'It crashes after #3.',
      'Since #3 was merged the page is slow',
      'Was blocked by #3, which is fixed',
      'Same stack trace as #3 after PR #7',
      'This would require #3 to be reverted',
      'Once #3 was merged it broke',
      'It worked before #3',
      'Vor #3 funktionierte es',
      '#3 first appeared in 2.0',
      'El error apareció después de #3',
      'Le bug est apparu après #3',
      'Wenn #3 offen ist, geht es nicht',
      '#3 から派生したバグ',
      '#3 のマージ後にエラーが発生',
      '#3 合并后出现错误',
      'When #3 is open the dialog is empty',
      'Related to #3',
      'There was no such error before #3',
      'The review is pending in #3',
      'It works without #3',
      'Neither before nor after #3',
      'The request waits for the lock, see #3',
      'It failed while it waited for #3',
      'The pool holds connections for threads (#3)',
      'This must be a mistake for #3',
      'No funcionaba antes de #3',
      'Ça marchait avant #3',
      'Like #3, but for reports',
      'Nicht blockiert durch #3',
      'No depende de #3',
      'Ne dépend pas de #3',
      'Não depende do #3',
      '#3 に依存しません',
      '不依赖 #3',
      'Independent of #3',
      '~~Depends on #3~~',
      '### Related\n- [ ] #3',
      '**Related**\n\n- [ ] #3',
      '- [x] the manual, depends on #3',
      '| issue | depends on |\n| --- | --- |\n| #4 | #3 |',
      '| what | seen in |\n| --- | --- |\n| crash | #3 |',
    ],
  };
  test.for(Object.entries(rows).flatMap(([as, texts]) => texts.map((text) => [text, as] as const)))(
    '%j means %s',
    ([text, as]) => {
      expect(said(text)).toBe(as);
    },
  );
});

test('each keeps the words that say it, in one line', () => {
  expect(dependencyReferences('Builds on\u001b[31m the login of #126!', acme).own).toEqual([
    { number: 126, source: 'text', evidence: 'Builds on the login of #126' },
  ]);
  expect(dependencyReferences('- [ ] #130 first', acme).own).toEqual([
    { number: 130, source: 'task-list', evidence: '- [ ] #130 first' },
  ]);
});

test('issues of other repositories are set apart', () => {
  const text = 'Blocked by acme/other#3, #4 and https://github.com/else/app/issues/5';
  expect(dependencyReferences(text, acme)).toMatchObject({
    own: [{ number: 4 }],
    foreign: ['acme/other#3', 'https://github.com/else/app/issues/5'],
  });
});

test.for([
  ['one long line', `depends on ${'x '.repeat(100_000)}#4`],
  ['open fences', '```\n'.repeat(30_000)],
  ['open comments', '<!--'.repeat(30_000)],
  ['backticks', '`a'.repeat(30_000)],
  ['references', `after ${'#1 and '.repeat(20_000)}`],
  ['a table', `| needs |\n| --- |\n${`| ${'#1 '.repeat(100)}x |\n`.repeat(300)}`],
  ['keywords', 'depends on '.repeat(20_000)],
  ['blocks', 'blocks the '.repeat(20_000)],
  ['negations', 'not '.repeat(30_000)],
] as const)('%s without end are read quickly', ([, text]) => {
  const begun = performance.now();
  dependencyReferences(text, acme);
  expect(performance.now() - begun).toBeLessThan(5_000);
});
