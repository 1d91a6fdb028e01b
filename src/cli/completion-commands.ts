import { Argument, type Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Completable } from './completion/candidates.ts';
import { SHELLS } from './completion/scripts.ts';
import type { Context } from './context.ts';
import type { Terminal } from './terminal/terminal.ts';

/** Adds the commands that a person's shell uses. */
export function addCompletionCommands(
  program: Pick<Command, 'command' | 'commands'>,
  here: () => Promise<Context>,
  terminal: Pick<Terminal, 'out'>,
): void {
  program
    .command('cd')
    .description('print where a session’s worktree is')
    .argument('<issue>')
    .action(async (issue) => (await import('./commands/cd.ts')).cd(await here(), issue));

  program
    .command('completion')
    .description('print what your shell reads to complete commands and issues')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .action(async (shell) =>
      terminal.out((await import('./completion/scripts.ts')).completionScript(shell)),
    );

  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .action(async (words) =>
      (await import('./commands/complete.ts')).complete(
        await here(),
        words,
        program.commands.filter((command) => command.name() !== 'complete').map(completable),
      ),
    );
}

const completable = (command: CommandUnknownOpts): Completable => ({
  name: command.name(),
  aliases: command.aliases(),
  description: command.description(),
  options: command.options.flatMap(({ long, required, optional, description }) =>
    long ? { flag: long, takesValue: required || optional, description } : [],
  ),
  arguments: command.registeredArguments.map((argument) => argument.name()),
});
