import { Command } from '@commander-js/extra-typings';
import { oneLine } from '../domain/shared/text.ts';
import { addAnswerCommands } from './answer-commands.ts';
import { branch, collect, newRunName, repositoryName, wholeNumber } from './arguments.ts';
import { addCompletionCommands } from './completion-commands.ts';
import type { Context } from './context.ts';
import { addHostCommands } from './host-commands.ts';
import { addRunCommands } from './run-commands.ts';
import type { Terminal } from './terminal/terminal.ts';

/** Options of all commands. */
export type GlobalOptions = ReturnType<ReturnType<typeof base>['opts']>;

interface Options {
  readonly version: string;
  readonly terminal: Pick<Terminal, 'out' | 'err'>;
  readonly context: (options: GlobalOptions) => Promise<Context>;
  /** Called with the exit code of a command that has one of its own. */
  readonly exit: (code: number) => void;
}

const base = () =>
  new Command('coppice')
    .option('--repo <owner/name>', 'the repository; default: that of the checkout', repositoryName)
    .option('-C, --directory <dir>', 'run as if started in this directory')
    .option('--debug', 'print the stack trace of an error');

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
      outputError: (text, write) =>
        write(`coppice: ${usageError(text, 'coppice --help lists the commands')}`),
    });
  const here = () => context(program.opts());

  program
    .command('up')
    .description('start the Temporal server and a worker in the background')
    .option('--foreground', 'stay in the foreground and print the log')
    .option(
      '--port <port>',
      'port of the Temporal server; 0 means any free port',
      wholeNumber(0, 65_535),
    )
    .option('--ui-port <port>', 'port of the Web UI; 0 means any free port', wholeNumber(0, 65_535))
    .action(async (options) => (await import('./commands/up.ts')).up(await here(), options));

  program
    .command('down')
    .description('stop the server and the worker gently; `coppice up` continues')
    .action(async () => (await import('./commands/down.ts')).down(await here()));

  program
    .command('ui')
    .argument(
      '[issue]',
      'open the page of its session; a number, #number, owner/name#number or URL',
    )
    .description('open Temporal’s Web UI in the browser, logged in')
    .action(async (issue) => (await import('./commands/ui.ts')).ui(await here(), issue));

  program
    .command('board')
    .description('serve the sessions as a page in the browser, on this machine only')
    .option('--port <port>', 'port of the page; 0 means any free port', wholeNumber(0, 65_535))
    .action(async (options) => (await import('./commands/board.ts')).board(await here(), options));

  program
    .command('mcp')
    .description('serve a chat, such as Claude Code, by the Model Context Protocol')
    .action(async () => (await import('./commands/mcp.ts')).mcp(await here(), version));

  program
    .command('init')
    .description('write a coppice.yaml')
    .option('--full', 'write every key with an explanation')
    .option('--force', 'replace an existing file')
    .action(async (options) => (await import('./commands/init.ts')).init(await here(), options));

  program
    .command('plan')
    .description('show which issues are ready, which can run in parallel, and in which order')
    .argument('[issues...]', 'numbers, #numbers or URLs')
    .option('--label <name>', 'open issues with this label; may be repeated', collect, [])
    .option('--milestone <title>', 'open issues of this milestone')
    .option('--assignee <login>', 'open issues assigned to a person; @me is you')
    .option('--search <query>', 'open issues that match this GitHub search')
    .option('--all-open', 'all open issues')
    .option('--with-dependencies', 'include open issues that these depend on')
    .option('--after <order>', '127:126 runs #127 after #126; may be repeated', collect, [])
    .option(
      '--workers <n>',
      'how many sessions may have an agent at work at once',
      wholeNumber(1, 100),
    )
    .option('--base <branch>', 'base branch; default: the one in coppice.yaml', branch)
    .option('-o, --output <file>', 'file for the plan; default: plan.yaml')
    .option('--force', 'replace an existing plan')
    .option('--json', 'print the plan as JSON; write a file only with --output')
    .option('--mermaid', 'print the plan as a Mermaid graph; write a file only with --output')
    .option('--all', 'show long lists in full')
    .option(
      '--agent',
      'let the configured agent read issues and code and propose more; calls the model, which costs money',
    )
    .option('--yes', "don't prompt; accept the proposal, and allow more than 10 workers")
    .action(async (issues, options) =>
      (await import('./commands/plan.ts')).plan(await here(), issues, options),
    );

  program
    .command('run')
    .description('start agents on issues: numbers, #numbers or URLs, or a plan file')
    .argument('<issues...>', 'the issues, for example 123 124 125; or plan.yaml')
    .option(
      '--workers <n>',
      'how many sessions may have an agent at work at once',
      wholeNumber(1, 100),
    )
    .option('--base <branch>', 'base branch; default: the one in coppice.yaml', branch)
    .option('--agent <name>', 'the agent: a name under agents: in coppice.yaml, or an adapter')
    .option('--name <name>', 'name of the run; default: made from the time', newRunName)
    .option('--after <order>', '127:126 runs #127 after #126; may be repeated', collect, [])
    .option('--watch', 'show the sessions until all have ended')
    .option(
      '--yes',
      "don't prompt; leave out issues that are not ready, and allow more than 10 workers",
    )
    .action(async (issues, options) =>
      exit(await (await import('./commands/run.ts')).run(await here(), issues, options)),
    );

  program
    .command('status')
    .alias('list')
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
    .description('send guidance to a session')
    .argument('<issue>')
    .argument('[text]', 'the guidance; - reads standard input')
    .option('--file <file>', 'read the guidance from a file')
    .option('--option <n>', 'choose an option of the question', wholeNumber(1, 99))
    .option('--approve', 'approve the plan')
    .option('--retry', 'try the failed step again')
    .option('--attempt <text>', 'let the agent resolve a conflict, with this guidance')
    .option(
      '--allow <tool>',
      'allow the agent a tool in this session; may be repeated',
      collect,
      [],
    )
    .option('--budget <dollars>', 'raise the budget by US dollars: +5')
    .option('--interrupt', 'interrupt the current turn, so that the agent gets this now')
    .option(
      '--resolved',
      'tell the session that you have resolved a conflict by hand in the worktree',
    )
    .action(async (issue, text, options) =>
      (await import('./commands/guide.ts')).guide(await here(), issue, text, options),
    );

  addAnswerCommands(program, here, exit);

  program
    .command('attach')
    .description('open the agent of a stuck or complete session in this terminal')
    .argument('<issue>')
    .option('--settled', 'when you leave, its question is settled and the session continues')
    .option(
      '--guidance <text>',
      'when you leave, the session continues, and the agent gets this text',
    )
    .action(async (issue, options) =>
      (await import('./commands/attach.ts')).attach(await here(), issue, options),
    );

  addRunCommands(program, here);

  program
    .command('logs')
    .description('print what the agent of a session did')
    .argument('<issue>')
    .option('-f, --follow', 'keep printing until the session has ended')
    .option('--network', 'print its requests to the model and its refused connections instead')
    .action(async (issue, options) =>
      (await import('./commands/logs.ts')).logs(await here(), issue, options),
    );

  program
    .command('prune')
    .description('remove worktrees and local branches of ended sessions, and old transcripts')
    .option('--dry-run', 'only print what would be removed')
    .option('--force', 'also remove those with work that exists nowhere else')
    .option('--yes', 'also delete the branches that cancelled sessions left on GitHub')
    .option('--json', 'print JSON')
    .action(async (options) =>
      exit(await (await import('./commands/prune.ts')).prune(await here(), options)),
    );

  addHostCommands(program, here, exit);

  addCompletionCommands(program as Command, here, terminal);

  for (const command of program.commands as Command[])
    command.configureOutput({
      outputError: (text, write) =>
        write(`coppice: ${usageError(text, `coppice ${command.name()} --help shows more`)}`),
    });
  return program;
}

/** Commander's message in one line: `error: unknown command 'stauts'\n(Did you mean status?)`. */
function usageError(text: string, advice: string): string {
  const message = text
    .replace(/^error: /, '')
    .replace(/^command-argument value ('.*') is invalid for argument '(.*?)'\./s, '$1 is no <$2>.')
    .replace(/'[^']{100,}'/g, (quoted) => `'${oneLine(quoted.slice(1, -1), 60)}'`);
  return `${oneLine(message, 500)} (${advice})`;
}
