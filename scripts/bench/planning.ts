import { basename, dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { type LikelyFile, likelyFiles } from '../../src/planning/rules/likely-files.ts';
import { overlaps } from '../../src/planning/rules/overlap.ts';
import { PlanningSettings } from '../../src/planning/rules/settings.ts';
import { type Past, readPast } from './history.ts';

const HELP = `How well overlap is predicted, on the history of repositories: npm run bench -- planning [--changes 400] <path>...

The message of each of the newest changes is taken for an issue, its files for the truth, and all is predicted from the
commit before the oldest of them. Changes are compared in groups of 8 that follow one another, as issues of a plan.`;

/** Issues of one plan. */
const GROUP = 8;

const { strong, weak } = PlanningSettings.parse({}).overlap;

interface Score {
  found: number;
  right: number;
  real: number;
}

export async function planning(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { changes: { type: 'string', default: '400' }, help: { type: 'boolean' } },
  });
  if (values.help || positionals.length === 0) return console.log(HELP);
  for (const path of positionals) {
    const begun = performance.now();
    const past = await readPast(path, Number(values.changes));
    console.log(`\n${basename(dirname(path))}/${basename(path)} at ${past.head.slice(0, 12)}:`);
    console.log(`  ${past.issues.length} changes after ${past.base.slice(0, 12)}`);
    for (const [name, score] of await evaluate(past))
      console.log(`  ${name.padEnd(24)} ${words(score)}`);
    console.log(`  ${Math.round(performance.now() - begun)} ms`);
  }
}

/** Pairs of changes that did touch a file in common, against those that were predicted to. */
async function evaluate({ issues, map, containing }: Past): Promise<Map<string, Score>> {
  const found = await containing([...new Set(issues.flatMap(({ mentions }) => mentions.symbols))]);
  const likely = new Map(
    issues.map(({ number, mentions }) => [number, likelyFiles(mentions, map, found)] as const),
  );
  const scores = new Map<string, Score>();
  const count = (name: string, predicted: boolean, real: boolean) => {
    const score = scores.get(name) ?? { found: 0, right: 0, real: 0 };
    score.found += Number(predicted);
    score.right += Number(predicted && real);
    score.real += Number(real);
    scores.set(name, score);
  };
  for (let from = 0; from + 1 < issues.length; from += GROUP) {
    const group = issues.slice(from, from + GROUP);
    const some = new Map(group.map(({ number }) => [number, likely.get(number) ?? []]));
    const predicted = new Map(
      overlaps(some, { weak: 0, strong }).map(({ a, b, score }) => [`${a} ${b}`, score]),
    );
    for (const [index, a] of group.entries())
      for (const b of group.slice(index + 1)) {
        const real = perform(a.truth, b.truth);
        const score = predicted.get(`${a.number} ${b.number}`) ?? 0;
        count(`strong (from ${strong})`, score >= strong, real);
        count(`strong or weak (${weak})`, score >= weak, real);
        const [one, other] = [a, b].map(({ number }) => directories(likely.get(number) ?? []));
        count(
          'same directory',
          one !== undefined && other !== undefined && perform(one, other),
          real,
        );
      }
  }
  return scores;
}

const perform = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  [...a].some((file) => b.has(file));

/** The baseline's view: the directories of the files that the text itself points at. */
const directories = (files: readonly LikelyFile[]): Set<string> =>
  new Set(files.filter(({ basis }) => basis === 'text').map(({ path }) => dirname(path)));

function words({ found, right, real }: Score): string {
  const percent = (part: number, whole: number) =>
    whole === 0 ? '    –' : `${((100 * part) / whole).toFixed(0).padStart(4)}%`;
  return `precision ${percent(right, found)}  recall ${percent(right, real)}  (${right} of ${found} predicted, ${real} real)`;
}
