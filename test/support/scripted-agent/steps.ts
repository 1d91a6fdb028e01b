import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { ReportedOutcome } from '../../../src/domain/session/turn.ts';
import { committed } from './diary.ts';
import { doneReport, type ReportContext, stuckReport } from './reports.ts';
import { expand, type Step } from './script.ts';

/** How a turn ends: with a report, or with nothing but an exit code. */
export type Ending =
  | { readonly outcome: ReportedOutcome }
  | { readonly exitCode: number; readonly outcome?: never };

export interface Turn extends ReportContext {
  readonly issue: string;
  /** Guidance this turn brought and no question has used yet. */
  readonly guidance: string | undefined;
  /** While this file exists the agent waits at its pauses, with its pid in `<file>.<issue>`. */
  readonly pauseFile: string | undefined;
}

const IDENTITY = {
  GIT_AUTHOR_NAME: 'Scripted Agent',
  GIT_AUTHOR_EMAIL: 'agent@example.com',
  GIT_COMMITTER_NAME: 'Scripted Agent',
  GIT_COMMITTER_EMAIL: 'agent@example.com',
};

export const say = (line: string): void => console.log(line);

/** Performs one step in the current directory. @returns how the turn ends, when it ends here */
export async function perform(step: Step, turn: Turn): Promise<Ending | undefined> {
  switch (step.do) {
    case 'say':
      say(step.text);
      return;
    case 'read':
      say(`Reading ${step.path}`);
      await readFile(step.path);
      return;
    case 'write':
      say(`Writing ${step.path}`);
      await mkdir(dirname(step.path), { recursive: true });
      await writeFile(step.path, expand(step.content, turn.answer));
      return;
    case 'delete':
      say(`Deleting ${step.path}`);
      await rm(step.path, { force: true });
      return;
    case 'replace':
      return replace(step.path, step.from, step.to);
    case 'pause':
      return pause(turn);
    case 'commit':
      await pause(turn);
      return commit(step.message, turn.issue);
    case 'test':
      return test();
    case 'run': {
      const { all, exitCode } = await run(step.command);
      say(all ?? '');
      say(`${step.command[0]} exited with ${exitCode}`);
      return;
    }
    case 'exit':
      return { exitCode: step.code };
    case 'ask':
      if (turn.guidance === undefined) return { outcome: stuckReport(step) };
      say(`Told: ${turn.guidance}`);
      return;
    case 'done':
      return { outcome: doneReport(step, turn) };
  }
}

async function replace(path: string, from: string, to: string): Promise<undefined> {
  const text = await readFile(path, 'utf8');
  if (text.includes(to)) return;
  if (!text.includes(from)) throw new Error(`${path} has no: ${from}`);
  say(`Editing ${path}`);
  await writeFile(
    path,
    text.replace(from, () => to),
  );
}

async function commit(message: string, issue: string): Promise<undefined> {
  await execa`git add --all`;
  const { exitCode } = await execa({ reject: false })`git diff --cached --quiet`;
  if (exitCode === 0) return;
  await execa({ env: IDENTITY })`git -c commit.gpgSign=false commit --quiet --message ${message}`;
  const { stdout: sha } = await execa`git rev-parse HEAD`;
  const patch = await execa({ shell: true })`git diff-tree -p --root HEAD | git patch-id --stable`;
  committed(issue, sha, patch.stdout.split(' ')[0] ?? '');
  say(`Committed: ${message}`);
}

async function test(): Promise<undefined> {
  const { all, exitCode } = await run([process.execPath, '--test', '--test-reporter=dot']);
  say(all ?? '');
  if (exitCode !== 0) throw new Error('the tests fail');
  say('The tests pass');
}

const run = ([program = '', ...args]: readonly string[]) =>
  execa(program, args, { all: true, reject: false });

async function pause({ issue, pauseFile }: Turn): Promise<undefined> {
  if (pauseFile === undefined || !existsSync(pauseFile)) return;
  const mark = `${pauseFile}.${issue}`;
  await writeFile(mark, String(process.pid));
  say('Pausing');
  while (existsSync(pauseFile)) await sleep(20);
  await rm(mark, { force: true });
}
