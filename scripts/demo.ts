import { parseArgs } from 'node:util';
import { EXIT } from '../src/cli/errors.ts';
import { processTerminal, type Terminal } from '../src/cli/terminal/terminal.ts';
import { withLogin } from '../src/service/web-ui.ts';
import { DEMO_AGENTS, introduction, isDemoAgent } from './demo/agent.ts';
import { planAndRun } from './demo/commands.ts';
import { play } from './demo/play.ts';
import { type Stage, setStage } from './demo/stage.ts';
import { verify } from './demo/verify.ts';
import { automaticViewer, Interrupted, personAtTerminal } from './demo/viewer.ts';

const HELP = `Watch five issues become pull requests: npm run demo -- [options]

  --agent <name>  who works on them: ${DEMO_AGENTS.join(', ')}; scripted if absent. claude and codex are the real Claude
                  Code and Codex, installed into Coppice’s cache, with a scripted model in place of their own
  --yes           answer and merge by itself; so it does without a terminal
  --keep          leave everything running at the end, until Ctrl-C
  --help`;

const USAGE = `[--agent ${DEMO_AGENTS.join('|')}] [--yes] [--keep] [--help]`;

/** What was asked for. @throws Error for what the demo doesn't know */
function readOptions() {
  const { values } = parseArgs({
    options: {
      agent: { type: 'string', default: 'scripted' },
      yes: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { agent } = values;
  if (!isDemoAgent(agent)) throw new Error(`there is no agent ${agent}`);
  return { ...values, agent };
}

type Options = ReturnType<typeof readOptions>;

/** Plans, plays the run on its stage and checks what is left of it. @returns whether all is as it should be */
async function perform(stage: Stage, terminal: Terminal, options: Options): Promise<boolean> {
  const alone = options.yes || !process.stdin.isTTY || !terminal.isTTY;
  const run = await planAndRun(stage, terminal, alone);
  if (run.webUrl !== undefined)
    terminal.out(
      `Temporal’s Web UI, logged in, within 5 minutes: ${withLogin(stage.home, run.webUrl)}\n`,
    );
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

/** What there is to do after the demo. */
const next = (agent: Options['agent']): string =>
  [
    '\nWhat to try next:',
    ...(agent === 'scripted'
      ? ['    npm run demo -- --agent claude    the same with the real Claude Code, at no cost']
      : []),
    '    npm run demo -- --keep            look around in it afterwards: the board, Temporal’s Web UI',
    '    on a repository of yours: “Your first real run” in README.md; in short, in its checkout:',
    '        coppice init',
    '        coppice doctor',
    '        coppice plan --all-open',
  ].join('\n');

/** @returns the exit code */
async function main(options: Options): Promise<number> {
  const interruption = Promise.withResolvers<never>();
  const setting = new AbortController();
  const interrupt = () => {
    setting.abort();
    interruption.reject(new Interrupted());
  };
  const unlessInterrupted = <T>(work: Promise<T>) => Promise.race([work, interruption.promise]);
  const terminal = processTerminal(interrupt, interrupt);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  // Whatever breaks, what was started is cleared up: a prompt throws when its window is closed.
  process.on('uncaughtException', interruption.reject);

  terminal.out(
    `Coppice, on a sample repository with five issues.\n${introduction(options.agent)}\n`,
  );
  const set = setStage(terminal.out, options.agent, setting.signal);
  try {
    const stage = await unlessInterrupted(set);
    const good = await unlessInterrupted(perform(stage, terminal, options)).catch(
      (error: unknown) => {
        if (error instanceof Interrupted) throw error;
        terminal.err(`The demo failed: ${error instanceof Error ? error.message : error}`);
        return false;
      },
    );
    if (options.keep) {
      terminal.out(describeKept(stage));
      await interruption.promise.catch(() => {});
    }
    return good ? EXIT.ok : EXIT.failure;
  } catch (error) {
    if (error instanceof Interrupted) return EXIT.interrupted;
    terminal.err(`The demo can't start: ${error instanceof Error ? error.message : error}`);
    return EXIT.failure;
  } finally {
    terminal.err('Clearing up');
    const stage = await set.catch(() => undefined);
    await stage?.clear();
    if (stage) terminal.out(next(options.agent));
  }
}

/** @returns the exit code */
async function begin(): Promise<number> {
  let options: Options;
  try {
    options = readOptions();
  } catch (error) {
    console.error(`demo: ${(error as Error).message}\nUsage: npm run demo -- ${USAGE}`);
    return EXIT.usage;
  }
  if (options.help) console.log(HELP);
  return options.help ? EXIT.ok : main(options);
}

process.exit(await begin());
