import { basename, dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { git } from '../../../src/git/command/client.ts';
import { cost } from './cost.ts';
import { readIssueSets, withFiles } from './issue-sets.ts';
import {
  calibration,
  type Hits,
  hits,
  hitsOfTexts,
  type Pair,
  pairsOf,
  strong,
  weak,
} from './pairs.ts';
import { batchesOf, commitsAsIssues, type PastIssue } from './past.ts';
import { PLANNERS, simulate } from './simulation.ts';
import { ofTexts } from './texts.ts';

const HELP = `How well planning foresees, and how long it takes: npm run bench -- planning [--changes 300] [--plan 24] [--issues DIR] [--cost] <path>...

Of each repository given by its path, the messages of the newest changes are taken for issues and their files for the
truth, in plans of 24; each plan is foreseen from the commit before its first change. With --issues the same is done with
issues that a directory holds as JSON, one file for each repository: {repository: owner/name, clone: path, issues: [{number, title, body,
labels, commit, after, ready, areas}]}. commit, after, ready and areas are the truth, each as far as it is known.
--cost measures the time on a repository of 10,000 commits that is made for it.`;

export async function planning(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      changes: { type: 'string', default: '300' },
      plan: { type: 'string', default: '24' },
      issues: { type: 'string' },
      cost: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.cost) await cost(5);
  const all: Results[] = [];
  const size = Number(values.plan);
  for (const path of positionals) {
    const head = await git(path, ['rev-parse', '--short=12', 'HEAD']);
    const repository = nameOf(path);
    const issues = await commitsAsIssues(path, Number(values.changes));
    all.push(await measure(`${repository} ${head}`, path, repository, issues, size));
  }
  const sets = values.issues === undefined ? [] : readIssueSets(values.issues);
  for (const set of sets) {
    const issues = await withFiles(set);
    all.push(await measure(`${set.repository}, issues`, set.clone, set.repository, issues, size));
  }
  if (all.length > 0) print(all);
  if (sets.length > 0) console.log(ofTexts(sets));
  if (all.length + sets.length === 0 && !values.cost) console.log(HELP);
}

/** A clone is named by its directory, or, where that says nothing, by the one above. */
const nameOf = (path: string): string => {
  const own = basename(path);
  const name = /^(repo|repo\.git|\.git)$/.test(own) ? basename(dirname(path)) : own;
  return name.replace('+', '/');
};

interface Results {
  readonly name: string;
  readonly issues: number;
  readonly pairs: readonly Pair[];
  readonly played: Readonly<Record<string, { collisions: number; time: number }[]>>;
}

async function measure(
  name: string,
  directory: string,
  repository: string,
  issues: readonly PastIssue[],
  size: number,
): Promise<Results> {
  const pairs: Pair[] = [];
  const played: Record<string, { collisions: number; time: number }[]> = {};
  let count = 0;
  for await (const batch of batchesOf(directory, repository, issues, size)) {
    const own = pairsOf(batch);
    pairs.push(...own);
    count += batch.issues.length;
    const numbers = batch.issues.map(({ number }) => number);
    // Sessions take as long as their changes are large, more or less.
    const lengths = new Map(
      batch.issues.map(({ number, files }) => [number, 1 + Math.log2(1 + files.length)]),
    );
    for (const planner of Object.keys(PLANNERS) as (keyof typeof PLANNERS)[]) {
      const runs = played[planner] ?? [];
      runs.push(simulate(numbers, own, lengths, planner));
      played[planner] = runs;
    }
  }
  return { name, issues: count, pairs, played };
}

function print(all: readonly Results[]): void {
  console.log(
    `\n| changes | issues | kept apart (${strong}) | told (${weak}) | as many by TF-IDF |`,
  );
  console.log('| --- | --: | --- | --- | --- |');
  const row = (name: string, issues: number, pairs: readonly Pair[]) => {
    const told = hits(pairs, ({ score }) => score >= weak);
    const texts = hitsOfTexts(pairs, told.predicted);
    const apart = hits(pairs, (pair) => pair.apart);
    console.log(`| ${[name, issues, ...[apart, told, texts].map(inWords)].join(' | ')} |`);
  };
  for (const { name, issues, pairs } of all) row(name, issues, pairs);
  const pairs = all.flatMap((one) => one.pairs);
  row(
    'all',
    all.reduce((sum, { issues }) => sum + issues, 0),
    pairs,
  );

  console.log('\n| score | pairs | mean | real |\n| --- | --: | --: | --: |');
  for (const [at, { n, mean, real }] of calibration(pairs).entries())
    if (n > 0)
      console.log(
        `| ${at / 10}–${(at + 1) / 10} | ${n} | ${mean.toFixed(2)} | ${real.toFixed(2)} |`,
      );

  console.log('\n| steered by | collisions | time |\n| --- | --: | --: |');
  for (const planner of Object.keys(PLANNERS)) {
    const runs = all.flatMap(({ played }) => played[planner] ?? []);
    const collisions = runs.reduce((sum, run) => sum + run.collisions, 0);
    const time = runs.reduce((sum, run) => sum + run.time, 0) / runs.length;
    console.log(`| ${planner} | ${collisions} | ${time.toFixed(2)} |`);
  }
}

const inWords = ({ predicted, right, real }: Hits): string =>
  `${percent(right, predicted)} / ${percent(right, real)}`;

const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${Math.round((100 * part) / whole)} %`;
