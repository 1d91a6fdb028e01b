import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Compared, type Score, scoreOf } from './sets/score.ts';

const page = readFileSync(new URL('../../docs/planning.md', import.meta.url), 'utf8');

const SETS = ['starlette', 'glow', 'pino', 'fd', 'hikari', 'zod', 'click', 'fzf', 'axum'];

const counts = ({ right, wrong, missed }: Compared): string =>
  `${right.length} / ${wrong.length} / ${missed.length}`;

const row = ({ repository, texts, orders, cautions, readiness, askedInVain }: Score): string => {
  const judged = readiness.filter(({ truth, said }) => truth === said).length;
  const cells = [repository, texts, counts(orders), counts(cautions), judged, askedInVain.length];
  return `| ${cells.join(' | ')} |`;
};

test.for(SETS)('docs/planning.md tells what the planner says of the issues of %s', async (name) => {
  const score = await scoreOf(name);
  const written = page.split('\n').find((line) => line.startsWith(`| ${score.repository} |`));
  expect({ ...score, row: written }).toEqual({ ...score, row: row(score) });
  expect(score.orders.wrong).toEqual([]);
});

test('docs/planning.md tells how readiness was judged in all sets', async () => {
  const scores = await Promise.all(SETS.map(scoreOf));
  const judged = scores.flatMap(({ readiness }) => readiness);
  const states = ['ready', 'needs discussion', 'blocked'] as const;
  for (const truth of states) {
    const cells = states.map(
      (said) => judged.filter((one) => one.truth === truth && one.said === said).length,
    );
    expect(page).toContain(`| ${[truth, ...cells].join(' | ')} |`);
  }
});
