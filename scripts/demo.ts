import { parseArgs } from 'node:util';
import { processTerminal, type Terminal } from '../src/cli/terminal.ts';
import { planAndRun } from './demo/commands.ts';
import { play } from './demo/play.ts';
import { type Stage, setStage } from './demo/stage.ts';
import { verify } from './demo/verify.ts';
import { automaticViewer, Interrupted, personAtTerminal } from './demo/viewer.ts';

const HELP = `Watch five issues become pull requests: npm run demo -- [options]

  --yes   answer and merge by itself; so it does without a terminal
  --keep  leave everything running at the end, until Ctrl-C
  --help`;

const INTRODUCTION = `Coppice, on a sample repository with five issues.
Temporal, git, worktrees and processes are real. GitHub is an emulator on this machine, and a scripted agent stands in
for a model: nothing leaves this machine and nothing costs anything.
`;

const INTERRUPTED = 130;

const { values: options } = parseArgs({
  options: {
    yes: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** Plans, plays the run on its stage and checks what is left of it. @returns whether all is as it should be */
async function perform(stage: Stage, terminal: Terminal): Promise<boolean> {
  const alone = options.yes || !process.stdin.isTTY || !terminal.isTTY;
  const run = await planAndRun(stage, terminal, alone);
  const viewer = (alone ? automaticViewer : personAtTerminal)(terminal, run.webUrl ?? '');
  const played = await play(stage, run, viewer);
  if (!options.keep) await stage.stop();
  const checks = await verify(stage, played, !options.keep);
  const { green, red } = terminal.color;
  terminal.out('');
  for (const { claim, problem } of checks)
    terminal.out(problem === undefined ? green(`✓ ${claim}`) : red(`✗ ${claim}\n${problem}`));
  return checks.every(({ problem }) => problem === undefined);
}

function describeKept({ checkout, env }: Stage): string {
  return [
    '\nStill running, until Ctrl-C. In another terminal:',
    `    export COPPICE_HOME=${env.COPPICE_HOME}`,
    `    node ${process.cwd()}/src/cli/main.ts -C ${checkout} status`,
  ].join('\n');
}

/** @returns the exit code */
async function main(): Promise<number> {
  const interruption = Promise.withResolvers<never>();
  const interrupt = () => interruption.reject(new Interrupted());
  const unlessInterrupted = <T>(work: Promise<T>) => Promise.race([work, interruption.promise]);
  const terminal = processTerminal(interrupt, interrupt);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  // Whatever breaks, what was started is cleared up: a prompt throws when its window is closed.
  process.on('uncaughtException', interruption.reject);

  terminal.out(INTRODUCTION);
  const setting = setStage(terminal.out);
  try {
    const stage = await unlessInterrupted(setting);
    const good = await unlessInterrupted(perform(stage, terminal)).catch((error: unknown) => {
      if (error instanceof Interrupted) throw error;
      terminal.err(`The demo failed: ${error instanceof Error ? error.message : error}`);
      return false;
    });
    if (options.keep) {
      terminal.out(describeKept(stage));
      await interruption.promise.catch(() => {});
    }
    return good ? 0 : 1;
  } catch (error) {
    if (error instanceof Interrupted) return INTERRUPTED;
    terminal.err(`The demo can't start: ${error instanceof Error ? error.message : error}`);
    return 1;
  } finally {
    terminal.err('Clearing up');
    const stage = await setting.catch(() => undefined);
    await stage?.clear();
  }
}

if (options.help) console.log(HELP);
else process.exit(await main());
