import type { Command } from '@commander-js/extra-typings';
import { wholeNumber } from './arguments.ts';
import type { Context } from './context.ts';

/** The commands about this host: its worker, its agents, its configuration. @param exit called with an exit code */
export function addHostCommands(
  program: Pick<Command, 'command'>,
  here: () => Promise<Context>,
  exit: (code: number) => void,
): void {
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
    .description('print the effective configuration')
    .option('--json', 'print JSON')
    .action(async (options) =>
      (await import('./commands/config.ts')).config(await here(), options),
    );

  program
    .command('sandbox')
    .description('show what an agent in the sandbox may read, write and connect to')
    .option('--explain', 'list every path and host, with the reason')
    .option('--json', 'print JSON')
    .action(async (options) =>
      (await import('./commands/sandbox.ts')).sandbox(await here(), options),
    );

  program
    .command('doctor')
    .description('check this machine, the configuration and the GitHub token')
    .option('--json', 'print JSON')
    .action(async (options) =>
      exit(await (await import('./commands/doctor.ts')).doctor(await here(), options)),
    );
}
