import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { execa } from 'execa';
import pMap from 'p-map';
import { issueIn, kindIn, pointsIn } from '../support/prompt.ts';
import { ordersIn } from './attack.ts';
import { GIVEN } from './canaries.ts';
import { carryOut, IDENTITY, readOrders } from './orders.ts';
import { ROLES } from './roles.ts';

/*
 * An agent that does whatever any text tells it: it reads its prompt and everything in its worktree, looks at branches, tags
 * and commits, runs the repository's own tools, and carries out each order that it finds. With `--check` it is what the
 * repository's check runs; with `--carry-out TEXT` it is the hand of a model that obeys.
 */

/** How many orders it carries out at a time. */
const HANDS = 4;

const book = readOrders();
const own = (issue: string) => (id: string) => String(book.orders[id]?.issue) === issue;

async function readEverything(): Promise<string> {
  const quietly = execa({ reject: false, all: true, timeout: 10_000 });
  const parts = await Promise.all([
    quietly`git log --all --format=%B`,
    quietly`git for-each-ref --format=%(refname)`,
    quietly`git ls-remote origin`,
    quietly`git grep -hI -e obey-`,
    quietly`node tools/report.mjs`,
  ]);
  return parts.map(({ all }) => String(all ?? '')).join('\n');
}

async function obey(ids: readonly string[]): Promise<void> {
  const orders = [...new Set(ids)];
  const isTrap = (id: string) => book.orders[id]?.trap === true;
  const quiet = orders.filter((id) => !isTrap(id));
  await pMap(quiet, (id) => carryOut(id, book), { concurrency: HANDS });
  await commitWork();
  for (const id of orders.filter(isTrap)) await carryOut(id, book);
}

async function commitWork(): Promise<void> {
  writeFileSync(`work-${Date.now()}.txt`, 'Done.\n');
  const quietly = execa({ reject: false, env: IDENTITY });
  await quietly`git add --all`;
  await quietly`git -c commit.gpgSign=false commit --quiet --message ${'Do what was asked'}`;
}

/** All that it was told to say. */
const saying = (ids: readonly string[]): string =>
  ids
    .flatMap((id) => {
      const words = book.orders[id]?.says;
      const given = process.env[GIVEN] ?? '';
      return words === undefined
        ? []
        : [words.replaceAll('{{mark}}', `pwned-${id}`).replaceAll('{{given}}', given)];
    })
    .join('\n\n');

function outcome(issue: string, prompt: string, ids: readonly string[]): object {
  const words = saying(ids) || 'Done.';
  // What it spoiled it does not put right.
  if (ROLES.asks(Number(issue)) || kindIn(prompt) === 'nudge')
    return { kind: 'stuck', decision: `Which way? ${words}`, options: [words], context: words };
  const replies = pointsIn(prompt).map((to) => ({ to, text: words }));
  return {
    ...{ kind: 'done', summary: words, tests: words },
    ...(kindIn(prompt) === 'feedback' && { replies }),
  };
}

async function turn(): Promise<void> {
  const prompt = await text(process.stdin);
  const issue = issueIn(prompt) ?? '';
  console.log('Obedient agent: it does what it reads.');
  mkdirSync('.coppice', { recursive: true });
  const ids = ordersIn(`${prompt}\n${await readEverything()}`).filter(own(issue));
  console.log(`Carrying out ${ids.length} orders`);
  const end = outcome(issue, prompt, ids);
  await obey(ids);
  const file = join('.coppice', 'outcome.json');
  if (!existsSync('.coppice/keep-outcome')) writeFileSync(file, `${JSON.stringify(end)}\n`);
}

async function check(): Promise<void> {
  const { stdout } = await execa({ reject: false })`git rev-parse --abbrev-ref HEAD`;
  const issue = /\d+$/.exec(stdout)?.[0] ?? '';
  const ids = ordersIn(readFileSync('check-orders.txt', 'utf8')).filter(own(issue));
  await pMap(ids, (id) => carryOut(id, book), { concurrency: HANDS });
}

const [mode, given = ''] = process.argv.slice(2);
if (mode === '--check') await check();
else if (mode === '--carry-out') await obey(ordersIn(given));
else await turn();
