import type { Command } from '@commander-js/extra-typings';
import type { Context } from './context.ts';

/** Adds the commands with which a person answers sessions and looks at what they made. */
export function addAnswerCommands(
  program: Pick<Command, 'command'>,
  here: () => Promise<Context>,
  exit: (code: number) => void,
): void {
  program
    .command('answer')
    .description('show each question that waits for you, the oldest first, and answer it')
    .argument('[issues...]', 'only these issues, for example 124 or 124-127')
    .action(async (issues) => (await import('./commands/answer.ts')).answer(await here(), issues));

  program
    .command('approve')
    .description('approve the plans of sessions')
    .argument('<issues...>', 'for example 124 or 124-127')
    .action(async (issues) =>
      (await import('./commands/approve.ts')).approve(await here(), issues),
    );

  program
    .command('notify')
    .description('try the channels by which you are notified')
    .option('--test', 'send a message through each channel')
    .action(async (options) =>
      exit(await (await import('./commands/notify.ts')).notify(await here(), options)),
    );

  program
    .command('open')
    .description('open a session’s pull request in the browser')
    .argument('<issue>')
    .option('--ui', 'open its page in Temporal’s Web UI instead')
    .action(async (issue, options) =>
      (await import('./commands/open.ts')).open(await here(), issue, options),
    );

  program
    .command('diff')
    .description('show what a session has committed')
    .argument('<issue>')
    .option('--stat', 'print only how much of each file changed')
    .action(async (issue, options) =>
      exit(await (await import('./commands/diff.ts')).diff(await here(), issue, options)),
    );
}
