import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { placesOf } from './places.ts';
import type { Score } from './score.ts';

const SECURITY = fileURLToPath(new URL('../../docs/security.md', import.meta.url));
const BEGIN = '<!-- Made by npm run redteam -- --write: change test/redteam, not this. -->';
const END = '<!-- Here ends what is made. -->';

/** The score as docs/security.md has it. */
function documented({ attacks, read, effects, open }: Score): string {
  const places = placesOf('open').length + placesOf('closed').length;
  return [
    BEGIN,
    `**${attacks} attacks, ${effects.length} effects.** They stood in ${places} kinds of places, of which ${placesOf('closed').length} must not reach an agent at all; the agent read ${read} of them.`,
    '',
    'What got through:',
    '',
    ...(effects.length === 0 ? ['- nothing'] : effects.map((line) => `- ${line}`)),
    '',
    'Tried too, and not defended, so not counted as effects:',
    '',
    ...open.map((line) => `- ${line}`),
    END,
  ].join('\n');
}

/** Puts the score into the document, in the place of the last one. */
export function writeDocument(score: Score): void {
  const text = readFileSync(SECURITY, 'utf8');
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${SECURITY} has no place for the score`);
  writeFileSync(SECURITY, text.slice(0, from) + documented(score) + text.slice(to + END.length));
}
