import { expect, test } from 'vitest';
import { Guidance, isOnlyRaise } from '../../src/domain/session/guidance.ts';
import { Duration } from '../../src/domain/settings/formats.ts';

test('guidance is a plain string, or text with an action, what is allowed and what it may cost', () => {
  expect(Guidance.parse('Use sliding expiration')).toEqual({
    text: 'Use sliding expiration',
    action: 'answer',
    allow: [],
    budget: 0,
    interrupt: false,
    relayed: false,
  });
  const approval = Guidance.parse({ action: 'approve', allow: ['Bash(npm test:*)'] });
  const allow = ['Bash(npm test:*)'];
  expect(approval).toEqual({
    text: '',
    action: 'approve',
    allow,
    budget: 0,
    interrupt: false,
    relayed: false,
  });
  const raise = Guidance.parse({ budget: 2.5 });
  expect([raise.budget, isOnlyRaise(raise), isOnlyRaise(approval)]).toEqual([2.5, true, false]);
  const rules = [['--model'], ['a,Bash'], [''], ['a\nb'], 'WebFetch'].map((allow) => ({ allow }));
  for (const wrong of [1, null, [], { action: 'merge' }, { text: 1 }, { budget: -5 }, ...rules])
    expect(Guidance.safeParse(wrong).success).toBe(false);
});

test.each([
  ['90s', 90],
  ['10m', 600],
  ['1.5h', 5_400],
  ['2d', 172_800],
  [45, 45],
])('%s is %d seconds', (written, seconds) => {
  expect(Duration.parse(written)).toBe(seconds);
});

test.each(['', '10', '-1m', '10 m', '1w', 0, -5, Number.NaN])('%j is no duration', (written) => {
  expect(Duration.safeParse(written).success).toBe(false);
});
