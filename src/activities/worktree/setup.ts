import { CoppiceError } from '../../domain/shared/failure.ts';
import { type Commands, runCommands } from './commands.ts';

/** Runs the person's setup commands. @throws SetupFailed, WorktreeLost */
export async function runSetup(setup: Commands): Promise<void> {
  const failed = await runCommands(setup);
  if (!failed) return;
  throw new CoppiceError(
    'SetupFailed',
    `setup command \`${failed.command}\` ${failed.problem}: correct it in coppice.yaml or in the worktree; its output is in ${setup.log}`,
    failed.tail,
  );
}
