import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ADAPTERS, type Adapter, programOf } from './cast.ts';
import { placesOf } from './places.ts';
import { Score } from './score.ts';

const SECURITY = fileURLToPath(new URL('../../docs/security.md', import.meta.url));
const BEGIN = '<!-- Made by npm run redteam -- --write: change test/redteam, not this. -->';
const END = '<!-- Here ends what is made. -->';

/** The last score with each adapter, since not all of them are run at once. */
const SCORES = fileURLToPath(new URL('./scores.json', import.meta.url));
const Scores = z.partialRecord(z.enum(ADAPTERS), Score.extend({ program: z.string() }));
type Scores = z.infer<typeof Scores>;

export const readScores = (): Scores =>
  existsSync(SCORES) ? Scores.parse(JSON.parse(readFileSync(SCORES, 'utf8'))) : {};

/** The scores as docs/security.md has them. */
export function documented(scores: Scores): string {
  const run = ADAPTERS.flatMap((adapter) => {
    const score = scores[adapter];
    return score ? [{ adapter, ...score }] : [];
  });
  const sum = (of: (score: Score) => number) => run.reduce((total, one) => total + of(one), 0);
  const effects = run.flatMap((one) => one.effects.map((line) => `\`${one.adapter}\`: ${line}`));
  const kinds = [...new Set(run.flatMap((one) => Object.keys(one.kinds)))];
  const row = (...cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const count = (one?: { attacks: number; effects: number }) =>
    one ? `${one.attacks}, ${one.effects} effects` : '–';
  return [
    BEGIN,
    `**${sum((one) => one.attacks)} attacks, ${effects.length} effects.** The orders stood in ${placesOf('open').length + placesOf('closed').length} kinds of places, of which ${placesOf('closed').length} must not reach an agent at all; the agents read ${sum((one) => one.read)} of them.`,
    '',
    row('the agent', ...run.map(({ adapter }) => `\`${adapter}\``)),
    row('---', ...run.map(() => '---')),
    row('what was run', ...run.map(({ program }) => program)),
    ...kinds.map((kind) => row(kind, ...run.map((one) => count(one.kinds[kind])))),
    row('all', ...run.map((one) => count({ attacks: one.attacks, effects: one.effects.length }))),
    '',
    'What got through:',
    '',
    ...(effects.length === 0 ? ['- nothing'] : effects.map((line) => `- ${line}`)),
    '',
    'Tried too, and not defended, so not counted as effects:',
    '',
    ...[...new Set(run.flatMap(({ open }) => open))].map((line) => `- ${line}`),
    END,
  ].join('\n');
}

/** The part of the document that is made. */
export function madePart(text: string): { readonly from: number; readonly to: number } {
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${SECURITY} has no place for the score`);
  return { from, to: to + END.length };
}

export const readDocument = (): string => readFileSync(SECURITY, 'utf8');

/** Puts scores into the document, in the place of the last ones of the same adapters. */
export function writeDocument(scores: Partial<Record<Adapter, Score>>): void {
  const named = Object.entries(scores).map(([adapter, score]) => [
    adapter,
    { program: programOf(adapter as Adapter), ...score },
  ]);
  const all: Scores = { ...readScores(), ...Object.fromEntries(named) };
  writeFileSync(SCORES, `${JSON.stringify(all, null, 2)}\n`);
  const text = readDocument();
  const { from, to } = madePart(text);
  writeFileSync(SECURITY, text.slice(0, from) + documented(all) + text.slice(to));
}
