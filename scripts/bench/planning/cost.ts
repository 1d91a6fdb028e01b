import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openCodebase } from '../../../src/cli/planning/codebase.ts';
import { RepositoryName } from '../../../src/domain/shared/repository.ts';
import { git } from '../../../src/git/command/client.ts';
import { predict } from '../../../src/planning/draft.ts';
import { overlaps } from '../../../src/planning/rules/overlap.ts';
import { PlanningSettings } from '../../../src/planning/rules/settings.ts';
import { makeTemporary } from '../../../src/process/temporary.ts';
import { coppiceHome } from '../../../src/state/home.ts';
import { inRounds, report } from '../clock.ts';

const COMMITS = 10_000;
const FILES = 3_000;
const ISSUES = 10;

/** How long it takes to foresee what ten issues change, with a history of 10,000 commits. */
export async function cost(rounds: number): Promise<void> {
  const root = makeTemporary('bench');
  try {
    const checkout = join(root, 'app');
    await git(root, ['init', '--quiet', '--bare', '--initial-branch=main', checkout]);
    await git(checkout, ['fast-import', '--quiet'], { input: history() });
    const home = coppiceHome({
      COPPICE_HOME: join(root, 'home'),
      COPPICE_CACHE: join(root, 'cache'),
    });
    const plan = async (): Promise<number> => {
      const begun = performance.now();
      const { overlap } = PlanningSettings.parse({});
      const repository = RepositoryName.parse('acme/app');
      const codebase = await openCodebase(
        home,
        { ...{ repository, checkout, remote: 'origin', base: 'main' }, commits: overlap.commits },
        async () => '',
      );
      const { files } = await predict({ issues: issues() }, codebase, repository);
      overlaps(files, overlap);
      return performance.now() - begun;
    };
    const samples = await inRounds(rounds, {
      'the first time': async () => {
        await rm(home.cache, { recursive: true, force: true });
        return plan();
      },
      'again, at the same commit': plan,
    });
    console.log(`\n${ISSUES} issues, ${COMMITS} commits, ${FILES} files:\n`);
    console.log(report([...samples].map(([name, own]) => ({ name, samples: own }))));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

const nameOf = (file: number): string =>
  `src/${WORDS[file % WORDS.length]}/${WORDS[(file * 7) % WORDS.length]}-${file % FILES}.ts`;

const WORDS =
  'auth billing cache chart client cursor driver export filter graph import index invoice job label layout ledger lock login mail menu metric order page parser patch payment plan policy query queue report retry route scheduler schema search session shape sheet socket store stream sync table task theme token upload user vault view watch worker zone'.split(
    ' ',
  );

/** A history as `git fast-import` reads it. */
function history(): string {
  const lines: string[] = [];
  for (let at = 0; at < COMMITS; at++) {
    const files = [at, at * 13, at * 31].map((file) => nameOf(file % FILES));
    const title = `Fix the ${WORDS[(at * 5) % WORDS.length]} of ${files[0]?.split('/')[1]} (${at})`;
    lines.push(
      'commit refs/heads/main',
      `committer A Person <a@example.com> ${1_700_000_000 + at} +0000`,
      ...[`data ${title.length}`, title],
      ...[...new Set(files)].flatMap((file) => [
        `M 100644 inline ${file}`,
        `data ${String(at).length + 17}`,
        `export const a = ${at}`,
      ]),
    );
  }
  return `${lines.join('\n')}\n`;
}

const issues = () =>
  Array.from({ length: ISSUES }, (_, at) => ({
    ...{ number: at + 1, url: '', state: 'open' as const, isPullRequest: false },
    ...{ labels: [], assignees: [] },
    title: `The ${WORDS[at]} of the ${WORDS[at + 9]} is lost`,
    body: `Since last week ${nameOf(at * 101)} drops the ${WORDS[at + 20]}: \`exportConst\`.`,
  }));
