import { CoppiceError } from '../../domain/shared/failure.ts';
import { type CommandFailure, type Commands, runCommands } from './commands.ts';

/** Runs the person's setup commands. @throws SetupFailed, WorktreeLost */
export async function runSetup(setup: Commands): Promise<void> {
  const failed = await runCommands(setup);
  if (!failed) return;
  throw new CoppiceError(
    'SetupFailed',
    `setup command \`${failed.command}\` ${failed.problem}: correct it in coppice.yaml or in the worktree; its output is in ${setup.log}`,
    [readsCheckout(setup, failed), failed.tail].filter(Boolean).join('\n'),
  );
}

/** What to do where a command looks for files that the sandbox does not show. */
function readsCheckout(
  { sandbox, location: { checkout } }: Commands,
  { command, tail }: CommandFailure,
): string {
  const reads = /COPPICE_CHECKOUT/.test(command) || tail.includes(`${checkout}/`);
  return sandbox && reads
    ? `In the sandbox no file of ${checkout} is there: name those that it needs in files.copy, or open the place with access.read.`
    : '';
}
