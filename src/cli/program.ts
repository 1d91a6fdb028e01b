import { Command } from '@commander-js/extra-typings';
import { oneLine } from '../domain/shared/text.ts';
import { branch, collect, newRunName, repositoryName, wholeNumber } from './arguments.ts';
import type { Context } from './context.ts';
import { addRunCommands } from './run-commands.ts';
import type { Terminal } from './terminal/terminal.ts';

/** What was given beside a command's own options. */
export type GlobalOptions = ReturnType<ReturnType<typeof base>['opts']>;

interface Options {
  readonly version: string;
  readonly terminal: Pick<Terminal, 'out' | 'err'>;
  readonly context: (options: GlobalOptions) => Promise<Context>;
  /** Told the exit code of a command that has one of its own. */
  readonly exit: (code: number) => void;
}

const base = () =>
  new Command('coppice')
    .option('--repo <owner/name>', 'the repository; else that of the checkout', repositoryName)
    .option('-C, --directory <dir>', 'work as if started in this directory')
    .option('--debug', 'show where an error came from');

/** The command line. Each command's code is loaded when the command is run, so that help is quick. */
export function createProgram({ version, terminal, context, exit }: Options) {
  const program = base()
    .description(
      'Coding agents on your issues, each in its own worktree, made durable by Temporal.',
    )
    .version(version)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
      outputError: (text, write) => write(`coppice: ${usageError(text)}`),
    });
  const here = () => context(program.opts());

  program
    .command('up')
    .description('start the Temporal server and a worker in the background')
    .option('--foreground', 'stay, and show what happens')
    .option(
      '--port <port>',
      'port of the Temporal server; 0 is any free one',
      wholeNumber(0, 65_535),
    )
    .option('--ui-port <port>', 'port of the Web UI; 0 is any free one', wholeNumber(0, 65_535))
    .action(async (options) => (await import('./commands/up.ts')).up(await here(), options));

  program
    .command('down')
    .description('stop them gently; `coppice up` goes on where everything was')
    .action(async () => (await import('./commands/down.ts')).down(await here()));

  program
    .command('init')
    .description('write a coppice.yaml')
    .option('--full', 'with every key, each explained')
    .option('--force', 'replace the one that is there')
    .action(async (options) => (await import('./commands/init.ts')).init(await here(), options));

  program
    .command('plan')
    .description('find out what is ready, what can go in parallel and what comes after what')
    .argument('[issues...]', 'numbers, #numbers or URLs')
    .option('--label <name>', 'open issues with this label; may be repeated', collect, [])
    .option('--milestone <title>', 'open issues of this milestone')
    .option('--assignee <login>', 'open issues assigned to a person; @me is you')
    .option('--search <query>', 'open issues that GitHub finds by this search')
    .option('--all-open', 'all open issues')
    .option('--with-dependencies', 'take in open issues that these depend on')
    .option('--after <order>', '127:126 puts #127 after #126; may be repeated', collect, [])
    .option('--workers <n>', 'sessions with an agent at work at a time', wholeNumber(1, 100))
    .option('--base <branch>', 'base branch; else that of coppice.yaml', branch)
    .option('-o, --output <file>', 'where the plan goes; plan.yaml when absent')
    .option('--force', 'replace a plan that is there')
    .option('--json', 'print the plan as JSON, and write no file unless told where')
    .option('--mermaid', 'print the plan as a Mermaid graph, and write no file unless told where')
    .option('--all', 'show long lists whole')
    .option(
      '--agent',
      'have the configured agent read issues and code, and propose more; costs what it costs',
    )
    .option('--yes', 'ask nothing: take what is proposed, allow more than 10 workers')
    .action(async (issues, options) =>
      (await import('./commands/plan.ts')).plan(await here(), issues, options),
    );

  program
    .command('run')
    .description('have agents work on issues: numbers, #numbers or URLs, or a plan file')
    .argument('<issues...>', 'the issues, for example 123 124 125; or plan.yaml')
    .option('--workers <n>', 'sessions with an agent at work at a time', wholeNumber(1, 100))
    .option('--base <branch>', 'base branch; else that of coppice.yaml', branch)
    .option('--agent <name>', 'the agent: one of agents in coppice.yaml, or an adapter')
    .option('--name <name>', 'name of the run; else made of the time', newRunName)
    .option('--after <order>', '127:126 starts #127 after #126; may be repeated', collect, [])
    .option('--watch', 'stay, and show the sessions until all have ended')
    .option('--yes', 'ask nothing: leave out what is not ready, allow more than 10 workers')
    .action(async (issues, options) =>
      exit(await (await import('./commands/run.ts')).run(await here(), issues, options)),
    );

  program
    .command('status')
    .description('show the sessions, the queue and what you can do next')
    .option('--watch', 'keep showing')
    .option('--json', 'print JSON')
    .option('--run <name>', 'only the sessions of one run')
    .action(async (options) =>
      (await import('./commands/status.ts')).status(await here(), options),
    );

  program
    .command('show')
    .description('show everything about one session')
    .argument('<issue>')
    .option('--json', 'print JSON')
    .action(async (issue, options) =>
      (await import('./commands/show.ts')).show(await here(), issue, options),
    );

  program
    .command('guide')
    .description('tell a session what you decided')
    .argument('<issue>')
    .argument('[text]', 'the guidance; - reads standard input')
    .option('--file <file>', 'take the guidance from a file')
    .option('--approve', 'approve the plan')
    .option('--attempt <text>', 'have the agent resolve a conflict, keeping what you say')
    .option('--allow <tool>', 'let the agent use it in this session; may be repeated', collect, [])
    .option('--budget <dollars>', 'let it spend so much more than its limits: +5')
    .option('--interrupt', 'stop a turn under way, so that the agent hears it now')
    .option('--resolved', 'you have resolved a conflict by hand in the worktree')
    .action(async (issue, text, options) =>
      (await import('./commands/guide.ts')).guide(await here(), issue, text, options),
    );

  program
    .command('attach')
    .description('open the agent of a stuck or complete session in this terminal')
    .argument('<issue>')
    .option('--settled', 'when you leave: what it asked is settled, it may go on')
    .option('--guidance <text>', 'when you leave: it goes on, and the agent is told this')
    .action(async (issue, options) =>
      (await import('./commands/attach.ts')).attach(await here(), issue, options),
    );

  addRunCommands(program, here);

  program
    .command('logs')
    .description('print what the agent of a session did')
    .argument('<issue>')
    .option('-f, --follow', 'keep printing until the session has ended')
    .action(async (issue, options) =>
      (await import('./commands/logs.ts')).logs(await here(), issue, options),
    );

  program
    .command('prune')
    .description('remove worktrees and local branches of ended sessions, and old transcripts')
    .option('--dry-run', 'only tell')
    .option('--force', 'also those with work that is nowhere else')
    .option('--yes', 'also delete the branches that cancelled sessions left on GitHub')
    .option('--json', 'print JSON')
    .action(async (options) =>
      exit(await (await import('./commands/prune.ts')).prune(await here(), options)),
    );

  program
    .command('worker')
    .description('run only a worker, in the foreground')
    .option('--webhook-port <port>', "receive GitHub's webhooks", wholeNumber(1, 65_535))
    .action(async (options) =>
      (await import('./commands/worker.ts')).worker(await here(), options),
    );

  program
    .command('agents')
    .description('list the agents on this host and what each can do')
    .option('--json', 'print JSON')
    .action(async (options) =>
      (await import('./commands/agents.ts')).agents(await here(), options),
    );

  program
    .command('config')
    .description('print the configuration in force')
    .option('--json', 'print JSON')
    .action(async (options) =>
      (await import('./commands/config.ts')).config(await here(), options),
    );

  program
    .command('doctor')
    .description('look for what is missing on this machine and of the GitHub token')
    .option('--json', 'print JSON')
    .action(async (options) =>
      exit(await (await import('./commands/doctor.ts')).doctor(await here(), options)),
    );

  return program;
}

/** Commander's message in one line: `error: unknown command 'stauts'\n(Did you mean status?)`. */
function usageError(text: string): string {
  const message = text
    .replace(/^error: /, '')
    .replace(/'[^']{100,}'/g, (quoted) => `'${oneLine(quoted.slice(1, -1), 60)}'`);
  return `${oneLine(message, 500)} (coppice --help lists what there is)`;
}
