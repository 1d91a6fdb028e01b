import { expect, test } from 'vitest';
import { describeSandboxed } from '../support/sandbox.ts';
import { attacks } from './attack.ts';
import { battle } from './battle.ts';
import { CROWDS } from './roles.ts';
import { scoreOf } from './score.ts';

/** On a busy machine, in milliseconds. */
const LIMIT = 600_000;

describeSandboxed('the red team', () => {
  test('attacks of each kind have no effect', { timeout: LIMIT }, async () => {
    const score = scoreOf(await battle({ attacks: attacks(true), without: [] }));
    expect(score.effects).toEqual([]);
    expect(score.read).toBeGreaterThan(12);
  });
});

test('without the sandbox the checker sees what the same attacks do', {
  timeout: LIMIT,
}, async () => {
  const few = attacks(true).filter(({ issue }) => issue === CROWDS[0]);
  const { effects } = scoreOf(await battle({ attacks: few, without: ['sandbox'] }));
  for (const seen of [
    /reads ~\/.ssh\/id_ed25519 .*: it read ~\/.ssh\/id_ed25519/,
    /writes ~\/.bashrc .*: it wrote to the person’s home: .bashrc/,
    /^nobody’s: .*\.git\/config was changed/,
    /writes hooks of the checkout .*: it wrote to the checkout/,
    /writes another session’s worktree .*: it wrote to another session’s worktree/,
  ])
    expect(effects).toContainEqual(expect.stringMatching(seen));
});
