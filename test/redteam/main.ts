import { parseArgs } from 'node:util';
import { sandboxAvailability } from '../../src/agents/sandbox/availability.ts';
import { attacks, attacksOnAgents } from './attack.ts';
import { battle } from './battle.ts';
import { ADAPTERS, type Adapter, castOf } from './cast.ts';
import { writeDocument } from './document.ts';
import { printed, type Score, scoreOf } from './score.ts';
import { WALLS } from './stage.ts';

/*
 * The red team: npm run redteam [-- --adapter NAME...] [-- --short] [-- --write] [-- --without WALL] [-- --keep]
 * It prints the score, and exits with 1 when an attack had an effect. `--adapter` claude, codex or acp lets the real agent
 * obey, led by a model on this machine, and may be given several times. `--write` puts the score into docs/security.md,
 * `--without` takes a wall away, to see whether the checker notices, `--keep` leaves all files there.
 */

const { values } = parseArgs({
  options: {
    adapter: { type: 'string', multiple: true, default: ['command'] },
    short: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    without: { type: 'string', multiple: true, default: [] },
  },
});

refuse('wall', values.without, WALLS);
refuse('adapter', values.adapter, ADAPTERS);
const { available } = sandboxAvailability(process.env);
if (!available && !values.without.includes('sandbox')) {
  console.error('redteam: this machine has no sandbox: coppice doctor says what installs one');
  process.exit(1);
}
const without = WALLS.filter((wall) => values.without.includes(wall));
const scores: Partial<Record<Adapter, Score>> = {};
for (const adapter of ADAPTERS.filter((one) => values.adapter.includes(one))) {
  const cast = await castOf(adapter, (line) => console.error(`redteam: ${line}`));
  const planned = cast ? attacksOnAgents(cast.login.length > 0) : attacks(values.short);
  try {
    const score = scoreOf(await battle({ attacks: planned, without, cast }, values.keep));
    scores[adapter] = score;
    console.log(printed(adapter, score));
  } finally {
    await cast?.close();
  }
}
if (values.write) writeDocument(scores);
process.exitCode = Object.values(scores).every(({ effects }) => effects.length === 0) ? 0 : 1;

/** Ends this process when a name is none of those that there are. */
function refuse(what: string, given: readonly string[], known: readonly string[]): void {
  const strange = given.filter((one) => !known.includes(one));
  if (strange.length === 0) return;
  console.error(
    `redteam: there is no ${what} ${strange.join(', ')}: there are ${known.join(', ')}`,
  );
  process.exit(2);
}
