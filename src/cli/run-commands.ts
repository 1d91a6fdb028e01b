import type { Command } from '@commander-js/extra-typings';
import { collect, wholeNumber } from './arguments.ts';
import type { Context } from './context.ts';

/** Adds the commands that change a run under way, or one of its sessions. */
export function addRunCommands(
  program: Pick<Command, 'command'>,
  here: () => Promise<Context>,
): void {
  program
    .command('add')
    .description('add an issue to an open run')
    .argument('<issue>')
    .option('--after <issue>', 'start it after this one; may be repeated', collect, [])
    .option('--agent <name>', 'the agent: a name under agents: in coppice.yaml, or an adapter')
    .option('--run <name>', 'the run; default: the only open one, or that of --after')
    .action(async (issue, options) =>
      (await import('./commands/add.ts')).add(await here(), issue, options),
    );

  program
    .command('drop')
    .description('remove an issue that has not started from a run')
    .argument('<issue>')
    .option('--run <name>', 'the run; default: the only open one, or that of the issue')
    .action(async (issue, options) =>
      (await import('./commands/drop.ts')).drop(await here(), issue, options),
    );

  program
    .command('reorder')
    .description('let these issues of a run start next, in this order')
    .argument('<issues...>')
    .option('--run <name>', 'the run; default: the only open one, or that of the issues')
    .action(async (issues, options) =>
      (await import('./commands/reorder.ts')).reorder(await here(), issues, options),
    );

  program
    .command('workers')
    .description('change how many sessions of a run may have an agent at work')
    .argument('<n>', 'how many', wholeNumber(1, 100))
    .option('--run <name>', 'the run; default: the only open one')
    .action(async (count, options) =>
      (await import('./commands/workers.ts')).workers(await here(), count, options),
    );

  for (const [name, paused] of [
    ['pause', true],
    ['resume', false],
  ] as const)
    program
      .command(name)
      .description(
        paused
          ? 'pause a session, or a run with its sessions, after the current turns'
          : 'resume a paused session or run; a session also stops waiting for somebody else’s repair, and is taken back from a terminal that is gone',
      )
      .argument('[issues...]', 'the sessions, for example 124 or 124-127; default: the run')
      .option('--run <name>', 'the run; default: the only open one')
      .action(async (issues, options) =>
        (await import('./commands/pause.ts')).pause(await here(), paused, issues, options),
      );

  program
    .command('cancel')
    .alias('stop')
    .description('cancel sessions, or the part of a run that has not started; work is kept')
    .argument('[issues...]', 'the sessions, for example 124 or 124-127')
    .option('--run <name>', 'a run instead of a session')
    .action(async (issues, options) =>
      (await import('./commands/cancel.ts')).cancel(await here(), issues, options),
    );
}
