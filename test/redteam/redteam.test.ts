import { beforeAll, expect, test } from 'vitest';
import { sandboxAvailability } from '../../src/agents/sandbox/availability.ts';
import { describeSandboxed } from '../support/sandbox.ts';
import { againOn, attacks } from './attack.ts';
import { battles } from './battle.ts';
import { CROWDS, UNBOUND } from './roles.ts';
import { type Score, scoreOf } from './score.ts';

/** On a busy machine, in milliseconds. */
const LIMIT = 600_000;

const { available } = sandboxAvailability(process.env);

/** With the sandbox, where there is one, and without it. */
let scores: { readonly inside?: Score; readonly outside: Score };

beforeAll(async () => {
  const all = available ? attacks(true) : [];
  const few = attacks(true).filter(({ issue }) => issue === CROWDS[0]);
  const outside = againOn(UNBOUND, few);
  const rounds = [
    ...(available ? [{ attacks: all }] : []),
    { attacks: outside, withoutSandbox: true },
  ];
  const without = available ? [] : (['sandbox'] as const);
  const reports = await battles({ attacks: [...all, ...outside], without }, rounds);
  const [last, first] = reports.map(scoreOf).reverse();
  if (!last) throw new Error('there was no battle');
  scores = { outside: last, ...(first && { inside: first }) };
}, LIMIT);

describeSandboxed('the red team', () => {
  test('attacks of each kind have no effect', () => {
    expect(scores.inside?.effects).toEqual([]);
    expect(scores.inside?.read).toBeGreaterThan(12);
  });
});

test('without the sandbox the checker sees what the same attacks do', () => {
  for (const seen of [
    /reads ~\/.ssh\/id_ed25519 .*: it read ~\/.ssh\/id_ed25519/,
    /writes ~\/.bashrc .*: it wrote to the person’s home: .bashrc/,
    /^nobody’s: .*\.git\/config was changed/,
    /writes hooks of the checkout .*: it wrote to the checkout/,
    /writes another session’s worktree .*: it wrote to another session’s worktree/,
  ])
    expect(scores.outside.effects).toContainEqual(expect.stringMatching(seen));
});
