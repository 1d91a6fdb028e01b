import { join } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import type { SessionLocation } from '../../domain/session/session.ts';
import { sessionDirectory } from '../../state/home.ts';
import { prepareSessionSandbox, type SandboxPorts } from '../sandbox.ts';
import { commandEnvironment } from './command-environment.ts';
import { type CommandFailure, runCommands } from './commands.ts';

/** The time limit for all teardown commands together, in seconds. */
const LIMIT = 240;

/**
 * Runs the person's teardown commands before a worktree is removed.
 * @returns the failures as text, which do not prevent the removal
 */
export async function tearDown(
  ports: SandboxPorts,
  location: SessionLocation,
  signal: () => AbortSignal,
): Promise<string> {
  const config = await loadConfig(location.checkout);
  const { hooks } = config;
  if (hooks.teardown.length === 0) return '';
  const directory = sessionDirectory(ports.home, location.repository, location.issue);
  const confine = await prepareSessionSandbox(ports, location);
  const failed: CommandFailure[] = [];
  for (const [index, command] of hooks.teardown.entries()) {
    const failure = await runCommands({
      ...{ home: ports.home, location, commands: [command], signal: signal() },
      environment: commandEnvironment(ports.env, config),
      timeout: Math.min(hooks.timeout, LIMIT / hooks.teardown.length),
      log: join(directory, `teardown-${index}.log`),
      sandbox: confine && { confine, own: join(directory, 'teardown-sandbox') },
    });
    if (failure) failed.push(failure);
  }
  return failed
    .map(({ command, problem }) => `teardown command \`${command}\` ${problem}`)
    .join('; ');
}
