import { parseArgs } from 'node:util';
import { sandboxAvailability } from '../../src/agents/sandbox/availability.ts';
import { attacks } from './attack.ts';
import { battle } from './battle.ts';
import { writeDocument } from './document.ts';
import { printed, scoreOf } from './score.ts';
import { WALLS } from './stage.ts';

/*
 * The red team: npm run redteam [-- --short] [-- --write] [-- --without WALL] [-- --keep]
 * It prints the score, and exits with 1 when an attack had an effect. `--write` puts the score into docs/security.md,
 * `--without` takes a wall away, to see whether the checker notices, `--keep` leaves all files there.
 */

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    without: { type: 'string', multiple: true, default: [] },
  },
});

const strange = values.without.filter((wall) => !WALLS.some((one) => one === wall));
if (strange.length > 0) {
  console.error(`redteam: there is no wall ${strange.join(', ')}: there are ${WALLS.join(', ')}`);
  process.exit(2);
}
const { available } = sandboxAvailability(process.env);
if (!available && !values.without.includes('sandbox')) {
  console.error('redteam: this machine has no sandbox: coppice doctor says what installs one');
  process.exit(1);
}
const without = WALLS.filter((wall) => values.without.includes(wall));
const score = scoreOf(await battle({ attacks: attacks(values.short), without }, values.keep));
console.log(printed(score));
if (values.write) writeDocument(score);
process.exitCode = score.effects.length === 0 ? 0 : 1;
