import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { serviceState } from '../../src/service/service.ts';
import { check } from './checker/check.ts';
import { collect, collectExecutions } from './checker/collect.ts';
import type { Evidence, Execution, World } from './checker/evidence.ts';
import { type Effect, perform } from './faults/perform.ts';
import { type Fault, kindOf, scheduleOf } from './faults/schedule.ts';
import { createRandom } from './random.ts';
import { type Figures, figuresOf, lineOf } from './report.ts';
import { isAnswering } from './world/board.ts';
import { expectedFiles, issuesOf } from './world/issues.ts';
import { OWN_GIT, type OwnGit, useOwnGit } from './world/own-git.ts';
import { createPerson, type Person } from './world/person.ts';
import { type Stage, setStage } from './world/stage.ts';

export interface ChaosOptions {
  readonly issues: number;
  readonly faults: number;
  readonly seed: number;
  readonly minutes: number;
  /** How the kinds of faults begin that are wanted; all when empty. */
  readonly only: string;
  /** File for the whole report. */
  readonly json: string;
  /** Whether every file stays where it is. */
  readonly keep: boolean;
  readonly log: (line: string) => void;
}

/** A fault, when it was, and what came of it. */
export interface Happened {
  readonly fault: Fault;
  readonly kind: string;
  readonly at: string;
  readonly effect: Effect;
}

export interface Report {
  readonly isGood: boolean;
  readonly line: string;
  readonly figures: Figures;
}

/** Builds a world, lets it live among faults until all is merged, and checks what is left of it. */
export async function chaos(options: ChaosOptions): Promise<Report> {
  const { log, json } = options;
  const began = Date.now();
  const stage = await setStage(issuesOf(options.issues));
  log(`chaos: everything is in ${stage.root}`);
  const happened: Happened[] = [];
  // Nothing outlives a run that is broken off.
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => void stage.close(options.keep).finally(() => process.exit(130)));
  try {
    await stage.up();
    const share = () => (options.faults === 0 ? 1 : happened.length / options.faults);
    const person = createPerson(stage, share);
    const unfinished = await live(stage, person, happened, options);
    const evidence = await gather(stage, person, unfinished);
    const figures = figuresOf({ options, happened, evidence, violations: check(evidence) });
    const seconds = Math.round((Date.now() - began) / 1_000);
    await writeFile(
      json,
      `${JSON.stringify({ ...figures, seconds, happened, evidence }, null, 1)}\n`,
    );
    return { figures, isGood: figures.isGood, line: lineOf(figures, seconds, json) };
  } finally {
    await stage.close(options.keep);
  }
}

/** @returns why the world did not end; null when it did */
async function live(
  stage: Stage,
  person: Person,
  happened: Happened[],
  { seed, faults, minutes, only, log }: ChaosOptions,
): Promise<string | null> {
  const over = new AbortController();
  const world = person.work(Date.now() + minutes * 60_000).then(
    () => null,
    async (error: Error) => {
      const open = await person.open().catch((why: Error) => [`nobody answers: ${why.message}`]);
      return [error.message, ...open].join('; ');
    },
  );
  void world.then(() => over.abort());
  const own = playWithGit(stage, seed, over.signal);
  for (const fault of scheduleOf(seed, faults, only)) {
    await sleep(fault.pause);
    if (over.signal.aborted) break;
    const at = new Date().toISOString();
    const effect = await perform(fault, stage).catch(async (error: Error): Promise<Effect> => {
      await stage.up().catch(() => undefined);
      return { hit: true, recovery: null, note: `failed: ${error.message}` };
    });
    happened.push({ fault, kind: kindOf(fault), at, effect });
    const recovery = effect.recovery === null ? '' : `, recovered in ${effect.recovery} ms`;
    log(`${at} ${kindOf(fault)}${effect.hit ? '' : ' (no effect)'}: ${effect.note}${recovery}`);
  }
  const unfinished = await world;
  await own;
  return unfinished;
}

/** The person uses git in the checkout now and then. */
async function playWithGit(stage: Stage, seed: number, over: AbortSignal): Promise<void> {
  const random = createRandom(seed + 1);
  const all = Object.keys(OWN_GIT) as OwnGit[];
  while (!over.aborted) {
    await sleep(random.between(3_000, 10_000), undefined, { signal: over }).catch(() => undefined);
    await useOwnGit(stage, random.pick(all));
  }
  // Their own fetches brought branches that GitHub no longer has.
  await useOwnGit(stage, 'fetch --prune');
}

/** Everything that can be found out afterwards; Coppice is down then, and GitHub too. */
async function gather(
  stage: Stage,
  { deeds }: Person,
  unfinished: string | null,
): Promise<Evidence> {
  const { github, issues, logs, checkout, person } = stage;
  const { guidance, feedback, questions } = deeds;
  const world: World = {
    ...{ guidance, feedback, questions, unfinished, files: expectedFiles(issues) },
    issues: issues.map(({ number }) => number),
  };
  await untilTold(logs.told, issues.length);
  const executions = await historiesOf(stage);
  await stage.down();
  await github.close();
  const bare = `${stage.root}/github/${stage.repository}.git`;
  return collect({ logs, checkout, bare, person }, world, executions);
}

async function historiesOf(stage: Stage): Promise<Execution[]> {
  if (!(await isAnswering(stage))) await stage.up();
  const { profile = '' } = serviceState(stage.home) ?? {};
  return collectExecutions(stage.temporalCli, profile);
}

/** Messages are gathered for some seconds before they are told. */
async function untilTold(file: string, merges: number): Promise<void> {
  for (let tries = 0; tries < 60; tries++) {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (text.split('"kind":"merged"').length > merges) return;
    await sleep(500);
  }
}
